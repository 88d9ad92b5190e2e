-- grain: one row per row of the package table given
-- key: line
-- The vendor lets a package begin with the full hour that follows the purchase:
-- bought at 10:03 it begins at 11:00, and bought at 10:00:00 too. valid_from, when
-- given, is taken as it stands.
with

typed as (
    select
        line,
        package_id,
        coalesce(typed_count(minutes), 0) as minutes,
        coalesce(typed_count(sms), 0) as messages,
        try_cast(plain_decimal(price_cny) as decimal(18, 2)) as price_cny,
        typed_time(bought_at) as bought_at,
        coalesce(
            typed_time(valid_from),
            case when valid_from is null then date_trunc('hour', typed_time(bought_at)) + interval 1 hour end
        ) as starts_at,
        typed_time(valid_to) as valid_to_at,
        first_value(line) over (partition by package_id order by line) as first_line,
        only_problems([
            case when package_id is null then 'package_id is empty; give each package a name of its own' end,
            count_problem('minutes', minutes),
            count_problem('sms', sms),
            case when coalesce(typed_count(minutes), 0) + coalesce(typed_count(sms), 0) = 0
                and count_problem('minutes', minutes) is null and count_problem('sms', sms) is null
                then 'holds neither minutes nor sms; write what was bought'
            end,
            amount_problem('price_cny', price_cny, 2, '38.00'),
            time_problem('bought_at', bought_at),
            time_problem('valid_from', valid_from),
            time_problem('valid_to', valid_to),
            case when bought_at is null and valid_from is null then 'has neither bought_at nor valid_from; write one of them' end
        ]) as problems
    from given
)

select
    line,
    package_id,
    minutes,
    messages,
    price_cny,
    bought_at,
    starts_at,
    coalesce(valid_to_at, starts_at + interval 12 month) as ends_at,
    only_problems(problems || [
        case when first_line < line and package_id is not null
            then 'package_id ' || cell(package_id) || ' is in line ' || first_line || ' too; give each package a name of its own'
        end,
        case when valid_to_at <= starts_at
            then 'valid_to ' || strftime(valid_to_at, '%Y-%m-%d %H:%M:%S') || ' is not after the start '
                || strftime(starts_at, '%Y-%m-%d %H:%M:%S') || '; correct one of them'
        end
    ]) as problems
from typed
