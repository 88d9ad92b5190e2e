package schedules

import _ "embed"

//go:embed default.yaml
var defaultJobs string

// Default returns the shipped timetable, a list named jobs in YAML, as it
// stands in a settings file. This package does not read YAML: what a job's
// other keys mean is for the program to say.
func Default() string { return defaultJobs }
