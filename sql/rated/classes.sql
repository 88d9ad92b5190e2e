-- grain: one row per class of routes that one price holds for
-- key: class_no
-- stored: view
select distinct class_no, app_key, mode, number_kind
from classed.routes
