package schedules

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/robfig/cron/v3"
)

// The unit is one that systemd takes without a word.
func TestServiceUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here: the unit is not tried")
	}
	text, err := os.ReadFile("units/xtally.service")
	if err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("true") // systemd looks whether the program is there
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "xtally.service")
	if err := os.WriteFile(unit, []byte(strings.Replace(string(text), "/usr/local/bin/xtally", program, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(analyze, "verify", "--man=no", unit).CombinedOutput()
	var said []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "xtally") { // it speaks of the machine's own units too
			said = append(said, line)
		}
	}
	if len(said) > 0 {
		t.Errorf("systemd says (%v): %s", err, strings.Join(said, ""))
	}
}

// The job has what Kubernetes asks of a CronJob, and nothing it does not know.
func TestCronJob(t *testing.T) {
	text, err := os.ReadFile("units/cronjob.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type mounts []struct {
		Name      string `yaml:"name"`
		MountPath string `yaml:"mountPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	}
	var job struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Metadata   struct {
			Name string `yaml:"name"`
		} `yaml:"metadata"`
		Spec struct {
			Schedule                   string `yaml:"schedule"`
			TimeZone                   string `yaml:"timeZone"`
			ConcurrencyPolicy          string `yaml:"concurrencyPolicy"`
			StartingDeadlineSeconds    int    `yaml:"startingDeadlineSeconds"`
			SuccessfulJobsHistoryLimit int    `yaml:"successfulJobsHistoryLimit"`
			FailedJobsHistoryLimit     int    `yaml:"failedJobsHistoryLimit"`
			JobTemplate                struct {
				Spec struct {
					BackoffLimit int `yaml:"backoffLimit"`
					Template     struct {
						Spec struct {
							RestartPolicy                 string         `yaml:"restartPolicy"`
							TerminationGracePeriodSeconds int            `yaml:"terminationGracePeriodSeconds"`
							SecurityContext               map[string]any `yaml:"securityContext"`
							Containers                    []struct {
								Name         string   `yaml:"name"`
								Image        string   `yaml:"image"`
								Args         []string `yaml:"args"`
								WorkingDir   string   `yaml:"workingDir"`
								EnvFrom      []any    `yaml:"envFrom"`
								Resources    any      `yaml:"resources"`
								VolumeMounts mounts   `yaml:"volumeMounts"`
							} `yaml:"containers"`
							Volumes []map[string]any `yaml:"volumes"`
						} `yaml:"spec"`
					} `yaml:"template"`
				} `yaml:"spec"`
			} `yaml:"jobTemplate"`
		} `yaml:"spec"`
	}
	if err := yaml.UnmarshalWithOptions(text, &job, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	pod := job.Spec.JobTemplate.Spec.Template.Spec
	if job.APIVersion != "batch/v1" || job.Kind != "CronJob" || job.Metadata.Name == "" || job.Spec.ConcurrencyPolicy != "Forbid" || pod.RestartPolicy != "Never" {
		t.Errorf("%+v", job)
	}
	if _, err := cron.ParseStandard(job.Spec.Schedule); err != nil {
		t.Error(err)
	}
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v["name"].(string)] = true
	}
	for _, c := range pod.Containers {
		if c.Image == "" || c.Args[0] != "schedule" {
			t.Errorf("container %+v", c)
		}
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				t.Errorf("%s is mounted and is no volume", m.Name)
			}
		}
	}
}
