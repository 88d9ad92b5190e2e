-- The pair of border rules that the bill fits better than those in force, if
-- there is one; of several, one that keeps more of what is in force.
with

rules as (
    select *
    from marts.border_rules
    where month = cast($1 as date)
),

in_force as (
    select * from rules where is_in_force
)

select
    rules.settle_by,
    rules.zero_second_min,
    trim_zeros(rules.differing_min) as differing_min,
    rules.differing_hour_count as differing_hours,
    in_force.settle_by as settle_by_in_force,
    in_force.zero_second_min as zero_second_min_in_force,
    trim_zeros(in_force.differing_min) as differing_min_in_force,
    in_force.differing_hour_count as differing_hours_in_force
from rules
cross join in_force
where rules.is_best and rules.differing_min < in_force.differing_min
order by rules.settle_by <> in_force.settle_by, rules.zero_second_min <> in_force.zero_second_min
limit 1
