-- grain: one row per settlement hour of the account, Beijing time
-- key: month, hour_at
-- stored: view
-- The vendor settles by the hour and cuts the amount to the fen; what was cut
-- stands in the residue columns.
select
    month,
    hour_at,
    cast(sum(case when item = 'call' then quantity else 0 end) as bigint) as billed_min,
    cast(sum(case when item = 'call' then package_quantity else 0 end) as bigint) as package_min,
    cast(sum(case when item = 'call' then payable_quantity else 0 end) as bigint) as payable_min,
    cast(sum(case when item = 'call' then list_charge_cny else 0 end) as decimal(18, 6)) as list_charge_cny,
    cast(sum(case when item = 'call' then charge_cny else 0 end) as decimal(18, 2)) as charge_cny,
    cast(sum(case when item = 'call' then residue_cny else 0 end) as decimal(18, 10)) as residue_cny,
    cast(sum(case when item like 'sms%' then quantity else 0 end) as bigint) as sms_count,
    cast(sum(case when item like 'sms%' then package_quantity else 0 end) as bigint) as package_sms_count,
    cast(sum(case when item like 'sms%' then charge_cny else 0 end) as decimal(18, 2)) as sms_charge_cny,
    cast(sum(case when item like 'sms%' then residue_cny else 0 end) as decimal(18, 10)) as sms_residue_cny
from stated.hours
where item = 'call' or item like 'sms%'
group by month, hour_at
