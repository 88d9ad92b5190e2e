-- Lines = blank lines + lines of bodies and rejects; frames = bodies + rejects.
-- Proved while loading too; here it also guards the ledger itself.
select file, line_count, blank_line_count, frame_line_count, frame_count, body_count, reject_count
from staging.files
where line_count <> blank_line_count + frame_line_count
    or frame_count <> body_count + reject_count
