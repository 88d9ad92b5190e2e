package xtally_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/xtally/xtally"

// ours says which folders of ours a folder may import. The arrows point one
// way: cmd to the root, the root to ingest and reports. The command may name
// the types of reports that the root's API shows. Leaves import nothing of
// ours, so that each can be read and tested alone.
var ours = map[string][]string{
	"cmd/xtally":                {"", "reports", "reports/mail", "schedules"},
	"cmd/xtally-gen":            {"cmd/xtally-gen/archive"},
	"cmd/xtally-gen/archive":    {},
	"cmd/xtally-bench":          {"cmd/xtally-bench/baseline", "cmd/xtally-gen/archive"},
	"cmd/xtally-bench/baseline": {"cmd/xtally-gen/archive"}, // its test alone
	"":                          {"ingest", "reports", "reports/mail"},
	"ingest":                    {},
	"reports":                   {},
	"reports/mail":              {},
	"reports/mail/mailtest":     {},
	"schedules":                 {},
}

// theirs says where a library may be imported. What speaks to the database,
// to Excel or to a crontab stays in one place. Tests may open a database.
var theirs = map[string][]string{
	"github.com/duckdb/duckdb-go/v2": {"", "ingest", "cmd/xtally-bench/baseline"}, // ingest gives it the records
	"github.com/go-analyze/charts":   {"reports"},
	"github.com/minio/minio-go/v7":   {"ingest"},
	"github.com/xuri/excelize/v2":    {"reports", "reports/mail", "ingest"},
	"github.com/robfig/cron/v3":      {"schedules"},
	"github.com/wneessen/go-mail":    {"reports/mail"},
	"github.com/emersion/go-smtp":    {"reports/mail/mailtest"},
}

func TestImports(t *testing.T) {
	for file, imports := range goFiles(t) {
		for _, offence := range importOffences(file, imports) {
			t.Error(offence)
		}
	}
}

// importOffences tells which imports of a file turn an arrow.
func importOffences(file string, imports []string) []string {
	var offences []string
	folder := strings.TrimPrefix(path.Dir(file), ".")
	isTest := strings.HasSuffix(file, "_test.go")
	allowed, known := ours[folder]
	if !known {
		return []string{file + ": a folder without a place among the arrows; add it to ours"}
	}
	for _, i := range imports {
		if i == module || strings.HasPrefix(i, module+"/") {
			target := strings.TrimPrefix(strings.TrimPrefix(i, module), "/")
			isOwn := isTest && target == folder                                           // an external test package
			isOwn = isOwn || isTest && folder == "" && target == "cmd/xtally-gen/archive" // the benchmark's input
			isOwn = isOwn || isTest && folder == "" && target == "cmd/xtally-bench/baseline"
			isOwn = isOwn || isTest && target == "reports/mail/mailtest"                 // a mail server
			isOwn = isOwn || file == "example_schedule_test.go" && target == "schedules" // as a host would
			if !isOwn && !slices.Contains(allowed, target) {
				offences = append(offences, fmt.Sprintf("%s imports %s", file, i))
			}
		}
		for library, folders := range theirs {
			// Tests open databases, workbooks to read them, and stores to fill them.
			isOpener := isTest && (strings.Contains(library, "duckdb") || strings.Contains(library, "excelize") || strings.Contains(library, "minio"))
			if strings.HasPrefix(i+"/", library+"/") && !slices.Contains(folders, folder) && !isOpener {
				offences = append(offences, fmt.Sprintf("%s imports %s, which belongs in %q", file, i, folders))
			}
		}
	}
	return offences
}

func TestImportOffencesAreFound(t *testing.T) {
	tests := map[string]struct {
		file, imported string
		want           int
	}{
		"root to ingest":           {"load.go", module + "/ingest", 0},
		"root to cmd":              {"load.go", module + "/cmd/xtally", 1},
		"root to schedules":        {"run.go", module + "/schedules", 1},
		"leaf to root":             {"ingest/ingest.go", module, 1},
		"leaf to leaf":             {"ingest/ingest.go", module + "/reports", 1},
		"leaf's test to leaf":      {"reports/xlsx_test.go", module + "/ingest", 1},
		"leaf's own external test": {"reports/xlsx_test.go", module + "/reports", 0},
		"command to ingest":        {"cmd/xtally/load.go", module + "/ingest", 1},
		"generator to root":        {"cmd/xtally-gen/archive/day.go", module, 1},
		"driver in a leaf":         {"reports/sheet.go", "github.com/duckdb/duckdb-go/v2", 1},
		"driver in a leaf's test":  {"reports/testdata_test.go", "github.com/duckdb/duckdb-go/v2", 0},
		"excelize in the root":     {"report.go", "github.com/xuri/excelize/v2", 1},
		"cron in the command":      {"cmd/xtally/schedule.go", "github.com/robfig/cron/v3", 1},
		"mail to reports":          {"reports/mail/compose.go", module + "/reports", 1},
		"go-mail in the root":      {"outbox.go", "github.com/wneessen/go-mail", 1},
		"a mail server in a test":  {"outbox_test.go", module + "/reports/mail/mailtest", 0},
		"a mail server elsewhere":  {"outbox.go", module + "/reports/mail/mailtest", 1},
		"a host's example":         {"example_schedule_test.go", module + "/schedules", 0},
		"a new folder":             {"util/strings.go", "strings", 1},
		"the standard library":     {"load.go", "strings", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := importOffences(tt.file, []string{tt.imported}); len(got) != tt.want {
				t.Errorf("offences %q, want %d", got, tt.want)
			}
		})
	}
}

// goFiles returns the imports of every Go file, by its path with slashes.
func goFiles(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || p != "." && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		imports := []string{}
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, name)
		}
		files[filepath.ToSlash(p)] = imports
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sqlLayers is the order of the folders under sql that hold models.
var sqlLayers = []string{"raw", "ingest", "seeds", "staging", "scope", "identity", "calls", "classed", "rated", "metered", "drawn", "settled", "allocated", "summed", "stated", "matched", "reasoned", "marts"}

// plainFrom is the first layer that another engine could run.
const plainFrom = "identity"

func TestSQL(t *testing.T) {
	files, err := filepath.Glob("sql/*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no models (%v)", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		layer := filepath.Base(filepath.Dir(file))
		seen[layer] = true
		offences := sqlOffences(layer, string(mustRead(t, file)))
		if slices.Contains([]string{"alerts", "checks", "closing", "dispute", "explain", "prune", "summary"}, layer) {
			offences = checkOffences(string(mustRead(t, file)))
		}
		for _, offence := range offences {
			t.Errorf("%s: %s", filepath.ToSlash(file), offence)
		}
	}
	for _, layer := range append(slices.Clone(sqlLayers), "checks") {
		if !seen[layer] {
			t.Errorf("sql/%s holds no file", layer)
		}
	}
}

// TestSQLReadsWhatIsThere: a model reads relations that have a file.
func TestSQLReadsWhatIsThere(t *testing.T) {
	files, err := filepath.Glob("sql/*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, r := range relationsRead(withoutComments(string(mustRead(t, file)))) {
			if r == "raw.meta" {
				continue
			}
			if _, err := os.Stat("sql/" + strings.Replace(r, ".", "/", 1) + ".sql"); err != nil {
				t.Errorf("%s reads %s, which has no file", file, r)
			}
		}
	}
}

var (
	relationRead = regexp.MustCompile(`(?i)\b(?:from|join)\s+(\w+)\.(\w+)`)
	commaJoined  = regexp.MustCompile(`(?i)\bfrom\s+[\w.]+(?:\s+as\s+\w+)?\s*,\s*(\w+)\.(\w+)`)
	lineComment  = regexp.MustCompile(`--[^\n]*`)
	quotedText   = regexp.MustCompile(`'(?:[^']|'')*'`)
	onlyInDuckDB = map[string]*regexp.Regexp{
		"qualify":      regexp.MustCompile(`(?i)\bqualify\b`),
		"group by all": regexp.MustCompile(`(?i)\bgroup\s+by\s+all\b`),
		"order by all": regexp.MustCompile(`(?i)\border\s+by\s+all\b`),
		"//":           regexp.MustCompile(`//`),
		"lambda":       regexp.MustCompile(`(?i)\blambda\b|[a-z_]\s*->\s*[^>'$]`),
		"list_":        regexp.MustCompile(`(?i)\blist_\w+\(`),
		"::":           regexp.MustCompile(`::`),
		"exclude":      regexp.MustCompile(`(?i)\*\s+exclude\b`),
	}
)

// withoutComments drops comments and the content of quoted text, which hold
// what they like.
func withoutComments(query string) string {
	return quotedText.ReplaceAllString(lineComment.ReplaceAllString(query, ""), "''")
}

// relationsRead lists the relations of our layers behind from and join.
func relationsRead(query string) []string {
	var read []string
	found := append(relationRead.FindAllStringSubmatch(query, -1), commaJoined.FindAllStringSubmatch(query, -1)...)
	for _, m := range found {
		if r := m[1] + "." + m[2]; slices.Contains(sqlLayers, m[1]) && !slices.Contains(read, r) {
			read = append(read, r)
		}
	}
	return read
}

// sqlOffences tells what in a model breaks the rules of its layer.
func sqlOffences(layer, model string) []string {
	place := slices.Index(sqlLayers, layer)
	if place < 0 {
		return []string{"a layer without a place in the order; add it to sqlLayers"}
	}
	var offences []string
	lines := strings.SplitN(model, "\n", 3)
	for i, header := range []string{"-- grain: ", "-- key: "} {
		if layer == "ingest" && strings.HasPrefix(lines[0], "-- grain: one line of JSON") && i == 1 {
			continue // lines for the reader to take in again are no relation
		}
		if len(lines) < 3 || !strings.HasPrefix(lines[i], header) {
			offences = append(offences, fmt.Sprintf("line %d is not %q", i+1, header))
		}
	}
	query := strings.TrimSpace(withoutComments(model))
	if strings.Contains(query, ";") {
		offences = append(offences, "a semicolon: more than one statement")
	}
	beginning := strings.ToLower(strings.Fields(query + " nothing")[0])
	switch {
	case layer == "raw" && !strings.HasPrefix(strings.ToLower(query), "create table if not exists raw."):
		offences = append(offences, "is no create table if not exists raw.…")
	case layer != "raw" && beginning != "select" && beginning != "with":
		offences = append(offences, "begins with "+beginning+", not with select or with")
	}
	for _, r := range relationsRead(query) {
		from, _, _ := strings.Cut(r, ".")
		if slices.Index(sqlLayers, from) >= place && !(layer == "ingest" && from == "raw") {
			offences = append(offences, "reads "+r+", which is not of a layer before")
		}
	}
	if endsOrdered(query) {
		offences = append(offences, "ends in order by: a relation has no order, the reader gives it one")
	}
	if place >= slices.Index(sqlLayers, plainFrom) {
		for what, found := range onlyInDuckDB {
			if found.MatchString(query) {
				offences = append(offences, what+" is DuckDB's own; put it into staging or a macro")
			}
		}
	}
	slices.Sort(offences)
	return offences
}

// endsOrdered tells whether the last order by stands outside all parentheses.
func endsOrdered(query string) bool {
	depth := 0
	var outside strings.Builder
	for _, c := range query {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		default:
			if depth == 0 {
				outside.WriteRune(c)
			}
		}
	}
	return regexp.MustCompile(`(?i)\border\s+by\b`).MatchString(outside.String())
}

// checkOffences tells what a check lacks: the words on what breaks without it.
func checkOffences(check string) []string {
	var offences []string
	if !strings.HasPrefix(check, "-- ") {
		offences = append(offences, "no comment says what breaks without it")
	}
	query := strings.TrimSpace(withoutComments(check))
	if strings.Contains(query, ";") {
		offences = append(offences, "a semicolon: more than one statement")
	}
	if len(relationsRead(query)) == 0 {
		offences = append(offences, "reads nothing")
	}
	return offences
}

// TestModelsByMonth: a model with a column month is made by month, as its key or its
// header says (made by: call, its calls), unless it is stored whole. Made whole it would
// give every month anew each night; without the column it could not be made by month.
func TestModelsByMonth(t *testing.T) {
	unraced(t)
	t.Parallel()
	file := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, file)
	mustLoad(t, tally, "testdata/month_edge_utc/in*")
	mustBuild(t, tally)
	db := closeAndLook(t, tally, file)
	for _, layer := range sqlLayers[slices.Index(sqlLayers, "seeds") : slices.Index(sqlLayers, "marts")+1] {
		for _, model := range glob(t, filepath.Join("sql", layer), "*.sql") {
			header, _, _ := strings.Cut(string(mustRead(t, model)), "select")
			name := strings.TrimSuffix(filepath.Base(model), ".sql")
			var hasMonth bool
			if err := db.QueryRow("select count(*) > 0 from duckdb_columns() where schema_name = $1 and table_name = $2 and column_name = 'month'",
				layer, name).Scan(&hasMonth); err != nil {
				t.Fatal(err)
			}
			key := regexp.MustCompile(`(?m)^-- key: .*\bmonth\b`).MatchString(header)
			byMonth := strings.Contains(header, "\n-- made by: month\n")
			byPart := regexp.MustCompile(`\n-- made by: (call|file)\n`).MatchString(header)
			byDay := regexp.MustCompile(`\n-- made by: day of \w+\n`).MatchString(header)
			whole := strings.Contains(header, "\n-- stored: whole\n")
			switch {
			case strings.Contains(header, "-- made by:") && !byMonth && !byPart && !byDay:
				t.Errorf("%s is made by something else than month, call, file or day of a column", model)
			case hasMonth && !key && !byMonth && !byPart && !whole:
				t.Errorf("%s has a month, neither in its key nor in a line -- made by: month", model)
			case byMonth && (!hasMonth || key || whole):
				t.Errorf("%s says -- made by: month for nothing", model)
			case byPart && (!hasMonth || whole), byDay && (!key || whole):
				t.Errorf("%s is made by parts of a month and not by month", model)
			}
		}
	}
}

// TestModelsOfSteadyTables: a model that says what it changes with reads nothing else, by
// itself or through what it reads, or a change would pass it by.
func TestModelsOfSteadyTables(t *testing.T) {
	t.Parallel()
	group := map[string]string{"raw.build_scope": ""}
	for _, m := range regexp.MustCompile(`select '(\w+)'.* from (raw\.\w+)`).FindAllStringSubmatch(string(mustRead(t, "sql/scope/steady_tables.sql")), -1) {
		group[m[2]] = m[1]
	}
	reads := func(relation string) []string {
		return relationsRead(withoutComments(string(mustRead(t, "sql/"+strings.Replace(relation, ".", "/", 1)+".sql"))))
	}
	var tablesBehind func(relation string) []string
	tablesBehind = func(relation string) []string {
		var tables []string
		for _, r := range reads(relation) {
			if strings.HasPrefix(r, "raw.") {
				tables = append(tables, r)
				continue
			}
			tables = append(tables, tablesBehind(r)...)
		}
		return tables
	}
	found := 0
	for _, layer := range sqlLayers[slices.Index(sqlLayers, "seeds") : slices.Index(sqlLayers, "marts")+1] {
		for _, model := range glob(t, filepath.Join("sql", layer), "*.sql") {
			line := regexp.MustCompile(`(?m)^-- changes with: (.*)$`).FindStringSubmatch(string(mustRead(t, model)))
			if line == nil {
				continue
			}
			found++
			said := append(strings.Split(line[1], ", "), "")
			var read []string
			for _, table := range tablesBehind(layer + "." + strings.TrimSuffix(filepath.Base(model), ".sql")) {
				name, isSteady := group[table]
				if !isSteady || !slices.Contains(said, name) {
					t.Errorf("%s says that it changes with %s, and reads %s", model, line[1], table)
				}
				read = append(read, name)
			}
			for _, name := range said[:len(said)-1] {
				if !slices.Contains(read, name) {
					t.Errorf("%s says that it changes with %s, and reads none of them", model, name)
				}
			}
		}
	}
	if found == 0 || len(group) < 5 {
		t.Errorf("%d models and tables %v: the lines are not read", found, group)
	}
}

// TestModelsOfBilledMonths: a model that says it has rows of months with a bill only has
// no others, or a month without one would be left as it was.
func TestModelsOfBilledMonths(t *testing.T) {
	unraced(t)
	t.Parallel()
	file := filepath.Join(t.TempDir(), "test.duckdb")
	tally := mustOpen(t, file)
	mustLoad(t, tally, "testdata/month_edge_utc/in*")
	mustLoad(t, tally, "testdata/bill_missing_records/in*")
	mustLoadBill(t, tally, "testdata/bill_missing_records/bill")
	mustBuild(t, tally)
	db := closeAndLook(t, tally, file)
	if got := texts(t, db, "select count(*) > 0 from rated.months where month not in (select month from raw.bill_file_months)"); got[0] != "true" {
		t.Fatal("every month has a bill")
	}
	found := 0
	for _, model := range glob(t, "sql", "*/*.sql") {
		if !strings.Contains(string(mustRead(t, model)), "\n-- only with: bills\n") {
			continue
		}
		relation := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(model, "sql/"), ".sql"), "/", ".")
		if texts(t, db, "select count(*) > 0 from "+relation)[0] == "true" {
			found++
		}
		if got := texts(t, db, "select distinct cast(month as varchar) from "+relation+" where month not in (select month from raw.bill_file_months)"); len(got) > 0 {
			t.Errorf("%s has rows of %v, which have no bill", relation, got)
		}
	}
	if found == 0 {
		t.Error("no such model has a row")
	}
}

func TestSQLOffencesAreFound(t *testing.T) {
	const header = "-- grain: one row per call\n-- key: call_id\n"
	tests := map[string]struct {
		layer, model string
		want         []string
	}{
		"good":                 {"rated", header + "select call_id from calls.calls", nil},
		"words in a comment":   {"rated", header + "-- qualify; order by // from marts.x\nselect call_id from calls.calls", nil},
		"words in a text":      {"rated", header + "select 'a;b // from marts.x order by' as x from calls.calls", nil},
		"order by in a window": {"calls", header + "select row_number() over (order by a) as n from staging.a", nil},
		"no grain":             {"calls", "select 1\nas\nx", []string{`line 1 is not "-- grain: "`, `line 2 is not "-- key: "`}},
		"two statements":       {"calls", header + "select 1 as x;", []string{"a semicolon: more than one statement"}},
		"no select":            {"calls", header + "delete from staging.a", []string{"begins with delete, not with select or with"}},
		"raw without create":   {"raw", header + "select 1 as x", []string{"is no create table if not exists raw.…"}},
		"own layer":            {"marts", header + "select x from marts.other", []string{"reads marts.other, which is not of a layer before"}},
		"later layer":          {"calls", header + "with a as (select 1 as x) select x from a inner join rated.calls as r on a.x = r.x", []string{"reads rated.calls, which is not of a layer before"}},
		"later, by a comma":    {"calls", header + "select x from staging.a, rated.calls", []string{"reads rated.calls, which is not of a layer before"}},
		"ordered":              {"marts", header + "select x from calls.calls order by x", []string{"ends in order by: a relation has no order, the reader gives it one"}},
		"qualify":              {"identity", header + "select x from staging.a qualify x > 1", []string{"qualify is DuckDB's own; put it into staging or a macro"}},
		"group by all":         {"marts", header + "select x from calls.a group\n by all", []string{"group by all is DuckDB's own; put it into staging or a macro"}},
		"whole division":       {"rated", header + "select x // 60 as m from calls.a", []string{"// is DuckDB's own; put it into staging or a macro"}},
		"lambda":               {"rated", header + "select f(x, lambda p: p) as m from calls.a", []string{"lambda is DuckDB's own; put it into staging or a macro"}},
		"arrow":                {"rated", header + "select f(x, p -> p + 1) as m from calls.a", []string{"lambda is DuckDB's own; put it into staging or a macro"}},
		"allowed in staging":   {"staging", header + "select list_extract(x, 1) // 2 as m from raw.a", nil},
		"an unknown layer":     {"misc", header + "select 1 as x", []string{"a layer without a place in the order; add it to sqlLayers"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, sqlOffences(tt.layer, tt.model)); diff != "" {
				t.Errorf("offences (-want +got):\n%s", diff)
			}
		})
	}
	if got := checkOffences("select 1"); len(got) != 2 {
		t.Errorf("offences %q, want 2: no comment, nothing read", got)
	}
}

// TestTopLevel: nothing joins the top of the repository by accident.
func TestTopLevel(t *testing.T) {
	allowed := []string{"cmd", "ingest", "reports", "schedules", "sql", "testdata", "go.mod", "go.sum", "README.md"}
	tracked, err := exec.Command("git", "ls-files").Output()
	if err != nil {
		t.Skipf("not a git checkout: %v", err)
	}
	for path := range strings.Lines(string(tracked)) {
		name, _, inFolder := strings.Cut(strings.TrimSpace(path), "/")
		if strings.HasPrefix(name, ".") || !inFolder && strings.HasSuffix(name, ".go") {
			continue
		}
		if !slices.Contains(allowed, name) {
			t.Errorf("%s has no place at the top", name)
		}
	}
}
