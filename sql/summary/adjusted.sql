-- What the build that found something last has found in closed months, by month.
select
    strftime(month, '%Y-%m') as month,
    count(*) as lines,
    cast(cast(sum(call_charge_cny + sms_charge_cny + rent_cny) as decimal(18, 2)) as varchar) as total_cny
from raw.adjustments
where $1 is not null and entry = (select max(entry) from raw.adjustments)
group by month
order by month
