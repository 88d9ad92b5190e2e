-- What a month's figures were made with: settings, tables kept by hand and the
-- prices that held. Each key names one thing, for a manifest is keyed by it.
select name as key, value
from raw.settings
union all
select 'table ' || name, file || ', ' || row_count || case when row_count = 1 then ' row' else ' rows' end || ', sha256 ' || sha256
from marts.input_tables
union all
select
    concat_ws(' ', 'price', item, nullif(number_kind, ''), nullif(app_key, ''), nullif(mode, ''), 'from', strftime(valid_from_at, '%Y-%m-%d %H:%M:%S')),
    trim_zeros(price_cny) || ' CNY'
        || case when discount <> 1 then ' x ' || trim_zeros(discount) || ' = ' || trim_zeros(net_price_cny) || ' CNY' else '' end
        || case when valid_to_at < timestamp '2100-01-01' then ' until ' || strftime(valid_to_at, '%Y-%m-%d %H:%M:%S') else '' end
        || case when price_line = 0 then ', list price' else ', line ' || price_line end
from marts.prices
where month_from <= cast($1 as date) and month_to >= cast($1 as date)
order by key
