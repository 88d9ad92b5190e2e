-- The complaint rate against each of the two documented limits.
select
    complaint_count,
    numbers_in_use,
    coalesce(cast(rate_pct as varchar), '') as rate_pct,
    trim_zeros(limit_pct) as limit_pct,
    trim_zeros(limit_faq_pct) as limit_faq_pct,
    projected_count,
    coalesce(cast(projected_rate_pct as varchar), '') as projected_rate_pct,
    status,
    complaint_count > 0 and complaint_count * 100 >= limit_pct * numbers_in_use as is_over_limit,
    complaint_count > 0 and complaint_count * 100 >= limit_faq_pct * numbers_in_use as is_over_limit_faq,
    projected_count > 0 and projected_count * 100 >= limit_pct * numbers_in_use as is_projected_over_limit,
    projected_count > 0 and projected_count * 100 >= limit_faq_pct * numbers_in_use as is_projected_over_limit_faq
from marts.complaints
where month = cast($1 as date) and (numbers_in_use > 0 or complaint_count > 0)
