-- Calls of the last seven days known that ended with 7108: the account is
-- frozen. What it costs are calls that nobody had.
with

known as (select max(last_known_at) as until_at from rated.outcome_counts where month > undated()),

-- Only months with such a call are read, and none where there is none: the code is
-- joined, for with a filter on it all calls were looked through.
frozen_months as (
    select distinct counts.month, cast(counts.release_code as integer) as release_code, known.until_at - interval 7 day as from_at
    from rated.outcome_counts as counts
    cross join known
    where counts.release_code = '7108'
        and counts.month > undated()
        and counts.last_known_at > known.until_at - interval 7 day
)

select
    'account_frozen' as rule, routes.app_key as subject, '' as bucket,
    month_of(max(calls.last_known_at)) as month, min(calls.last_known_at) as since_at, null as cost_cny,
    '释放码 7108：' || count(*) || ' 通呼叫未接通' as detail_zh,
    'release code 7108, calls refused: ' || count(*) as detail_en
from calls.calls as calls
inner join identity.routes as routes
    on calls.month = routes.month
    and calls.route_no = routes.route_no
inner join frozen_months as frozen
    on calls.month = frozen.month
    and calls.release_code = frozen.release_code
    and calls.last_known_at > frozen.from_at
group by routes.app_key
