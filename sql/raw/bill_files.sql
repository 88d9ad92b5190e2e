-- grain: one row per file of the vendor's bill, or per member of a zip
-- key: file_id
-- The bills' ledger. A file is known by the hash of its bytes, so the same bill
-- under another name is not loaded again. Only PrivateNumber rows are kept;
-- other_products names what else the file holds.
create table if not exists raw.bill_files (
    file_id integer not null,
    file varchar not null,
    source varchar not null,
    sha256 varchar not null,
    bytes bigint not null,
    kind varchar not null,
    account varchar,
    row_count bigint not null,
    private_number_row_count bigint not null,
    other_row_count bigint not null,
    other_products varchar,
    status varchar not null,
    loaded_at timestamp not null
)
