-- What was closed is what reports show: else a paid bill would change in silence.
select closings.month, closings.total_cny, shown.total_cny as shown_total_cny
from staging.closings as closings
left join (
    select month, sum(total_cny) as total_cny
    from marts.charges_by_app
    group by month
) as shown
    on closings.month = shown.month
where closings.reopened_at is null
    and (shown.total_cny is null or shown.total_cny <> closings.total_cny)
