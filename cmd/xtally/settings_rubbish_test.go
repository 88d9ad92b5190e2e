package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// opened is the shipped settings file with its comments opened.
func opened() string { return strings.ReplaceAll(sampleConfig(), "\n#", "\n") }

// oddSettings are texts that broke something, or might.
var oddSettings = []string{"", "db: [", "mail: {host: 1}", "jobs: [{cron: x}]", "a: &a [*a]", "s3: {}", "\t", "x: 1", "db: !!binary x", "---\n---\n", "\x00", "\xff"}

// tryRubbish reads a text as a settings file: it is taken, or refused on one line that
// names the file.
func tryRubbish(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	s := settings{config: path}
	_, err := s.readFile()
	var usage usageError
	if err != nil && (!errors.As(err, &usage) || !strings.Contains(err.Error(), "xtally.yaml") || strings.Contains(strings.TrimSpace(err.Error()), "\n")) {
		return fmt.Errorf("%q says: %w", text, err)
	}
	return nil
}

func FuzzSettings(f *testing.F) {
	for _, text := range append(oddSettings, sampleConfig(), opened()) {
		f.Add(text)
	}
	path := filepath.Join(f.TempDir(), "xtally.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := tryRubbish(path, text); err != nil {
			t.Error(err)
		}
	})
}

// The shipped file cut, doubled and sprinkled: nearer to what people do to it than any
// bytes are.
func TestSettingsOfRubbish(t *testing.T) {
	path := filepath.Join(t.TempDir(), "xtally.yaml")
	rapid.Check(t, func(t *rapid.T) {
		for range 50 {
			text := []byte(rapid.SampledFrom([]string{sampleConfig(), opened()}).Draw(t, "from"))
			from := rapid.IntRange(0, len(text)).Draw(t, "cut from")
			text = text[from:rapid.IntRange(from, len(text)).Draw(t, "cut to")]
			for range rapid.IntRange(0, 4).Draw(t, "sprinkles") {
				at := rapid.IntRange(0, len(text)).Draw(t, "at")
				text = append(text[:at:at], append([]byte(rapid.SampledFrom([]string{"[", "{", ":", "\n", "- ", "&a", "*a", "!!", "\t", "\"", "#", "|", "\xff", "0"}).Draw(t, "sign")), text[at:]...)...)
			}
			if err := tryRubbish(path, string(text)); err != nil {
				t.Fatal(err)
			}
		}
	})
}
