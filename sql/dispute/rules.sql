-- What the vendor is held to, of the reasons that are claimed.
select names.reason, names.name_zh, names.name_en, names.detail_zh, names.detail_en, names.rule_zh, names.rule_en
from seeds.difference_reasons as names
inner join (
    select reason from staging.claims where month = cast($1 as date) and state = 'open' group by reason
) as claims
    on names.reason = claims.reason
order by names.place
