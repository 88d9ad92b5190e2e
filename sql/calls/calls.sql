-- grain: one row per call record of the vendor, both legs in it
-- key: call_id
-- made by: call
-- App, X number and mode are those of its route. The X number is bindNum, else the
-- dialled number, never the displayed one, which may be the real caller (domain 1.4).
-- Numbers of people and the other times stay in raw; last_known_at is the end, where
-- a call has one, and duration_s before it the call was answered. Every call has a
-- route, which a check proves; as an inner join, which DuckDB thinks to be empty while
-- the routes are not committed, all would go through one thread.
select
    ---------- ids
    staged.call_id,
    staged.file_id,
    staged.body_no,
    staged.record_no,
    routes.route_no,
    ---------- text
    case
        when staged.is_voicecall then outcome_word('other_product')
        when staged.answered_at is not null then outcome_word('answered')
        when staged.release_code = 0 then outcome_word('code_0_without_answer')
        else outcome_word('unanswered')
    end as outcome,
    ---------- numbers
    staged.release_code,
    staged.q850_code,
    staged.sip_code,
    case when staged.answered_at is not null then seconds_between(staged.answered_at, staged.ended_at) end as duration_s,
    case
        -- An alerting time outside the call is nonsense that occurs (domain 14).
        when staged.alerting_at between staged.started_at and coalesce(staged.ended_at, staged.alerting_at)
            then seconds_between(staged.started_at, staged.alerting_at)
    end as pdd_s,
    ---------- booleans
    staged.is_recorded,
    ---------- times
    staged.month,
    -- Stored, so that a month's charges read that month alone.
    settled_month(settings.settle_by, staged.answered_at, staged.month) as settled_month,
    cast(staged.last_known_at as timestamp_s) as last_known_at
from records_to_make as staged
left join identity.routes as routes
    on staged.month = routes.month
    and staged.delivered_app_key is not distinct from routes.delivered_app_key
    and staged.x_packed is not distinct from routes.x_packed
    and staged.x_other is not distinct from routes.x_other
    and staged.service_packed is not distinct from routes.service_packed
    and staged.is_block is not distinct from routes.is_block
    and staged.service_other is not distinct from routes.service_other
-- The role stands with the record, so copies of other months are of no use here.
left join (
    select file_id, body_no, record_no, role
    from identity.copies
    where month in (select month from raw.build_scope)
) as copies
    on staged.file_id = copies.file_id
    and staged.body_no = copies.body_no
    and staged.record_no = copies.record_no
cross join staging.settings as settings
where staged.reject_reason is null
    and (copies.role is null or copies.role = copy_role('call'))
