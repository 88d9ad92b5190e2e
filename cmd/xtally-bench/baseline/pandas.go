package baseline

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
)

//go:embed analyst.py
var pandasScript string

// Pandas returns the command that does the job with pandas, or false where there is
// no python3 with pandas. PYTHON names another interpreter.
func Pandas(ctx context.Context, in, out string) (*exec.Cmd, bool) {
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	if exec.CommandContext(ctx, python, "-c", "import pandas").Run() != nil {
		return nil, false
	}
	return exec.CommandContext(ctx, python, "-c", pandasScript, in, out), true
}
