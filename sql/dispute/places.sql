-- Where the records of the calls in dispute stand in the archive.
select disputed.file, substr(files.file, length(files.source) + 2) as member, files.sha256, files.source_bytes, disputed.line
from marts.disputed_calls as disputed
inner join raw.files as files
    on disputed.file = files.file
where disputed.month = cast($1 as date)
group by disputed.file, files.file, files.source, files.sha256, files.source_bytes, disputed.line
order by disputed.file, disputed.line
