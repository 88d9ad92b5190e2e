// Package schedules will run jobs at set times; today it holds only the shape
// of a job. It knows nothing about calls: it is handed functions.
//
// A host that has its own scheduler does not need it.
package schedules

import "context"

// Job is what a schedule runs: it gets a context that is cancelled when the
// schedule stops, and says how it went.
type Job func(ctx context.Context) error
