package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever stands in a settings file, it is taken, or refused on one line that names
// the file: the shipped one with its comments opened, cut, doubled and sprinkled.
func TestSettingsOfRubbish(t *testing.T) {
	open := strings.ReplaceAll(sampleConfig(), "\n#", "\n")
	path := filepath.Join(t.TempDir(), "xtally.yaml")
	try := func(text string) error {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		s := settings{config: path}
		_, err := s.readFile()
		var usage usageError
		if err != nil && (!errors.As(err, &usage) || !strings.Contains(err.Error(), "xtally.yaml") || strings.Contains(strings.TrimSpace(err.Error()), "\n")) {
			return errors.New("says: " + err.Error())
		}
		return nil
	}
	for _, text := range []string{"", sampleConfig(), open, "db: [", "mail: {host: 1}", "jobs: [{cron: x}]", "a: &a [*a]", "s3: {}", "\t", "x: 1", "db: !!binary x", "---\n---\n", "\x00", "\xff"} {
		if err := try(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 50 {
			text := []byte(rapid.SampledFrom([]string{sampleConfig(), open}).Draw(t, "from"))
			from := rapid.IntRange(0, len(text)).Draw(t, "cut from")
			text = text[from:rapid.IntRange(from, len(text)).Draw(t, "cut to")]
			for range rapid.IntRange(0, 4).Draw(t, "sprinkles") {
				at := rapid.IntRange(0, len(text)).Draw(t, "at")
				text = append(text[:at:at], append([]byte(rapid.SampledFrom([]string{"[", "{", ":", "\n", "- ", "&a", "*a", "!!", "\t", "\"", "#", "|", "\xff", "0"}).Draw(t, "sign")), text[at:]...)...)
			}
			if err := try(string(text)); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
