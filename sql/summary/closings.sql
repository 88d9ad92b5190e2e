-- Every closing there was, with what was found since. Times are Beijing.
select
    strftime(closings.month, '%Y-%m') as month,
    strftime(closings.closed_at, '%Y-%m-%d %H:%M:%S') as closed_at,
    closings.version,
    closings.run_id,
    coalesce(closings.note, '') as note,
    cast(closings.total_cny as varchar) as total_cny,
    (select count(*) from raw.closed_files as files where files.closing_id = closings.closing_id) as files,
    coalesce(strftime(closings.reopened_at, '%Y-%m-%d %H:%M:%S'), '') as reopened_at,
    coalesce(closings.reopen_reason, '') as reopen_reason,
    count(noted.closing_id) as adjustment_count,
    cast(cast(coalesce(sum(noted.call_charge_cny + noted.sms_charge_cny + noted.rent_cny), 0) as decimal(18, 2)) as varchar) as adjustment_cny
from raw.closings as closings
left join raw.adjustments as noted
    on closings.closing_id = noted.closing_id
where $1 is not null
group by closings.closing_id, closings.month, closings.closed_at, closings.version, closings.run_id, closings.note,
    closings.total_cny, closings.reopened_at, closings.reopen_reason
order by closings.closing_id
