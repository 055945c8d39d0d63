package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"text/template"
)

func TestParseBytes(t *testing.T) {
	for in, want := range map[string]Bytes{
		"0": 0, "512": 512, "1k": KiB, "200M": 200 * MiB, "4G": 4 * GiB, "1.5T": 3 * TiB / 2, "64KiB": 64 * KiB, "512mb": 512 * MiB,
		"7 GB": 7 * GiB, "2P": 2 * PiB, "9223372036854775807": math.MaxInt64, "0.5K": 512, "12B": 12,
	} {
		if got, err := ParseBytes(in); err != nil || got != want {
			t.Errorf("ParseBytes(%q) = %d, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "G", "-1", "+1", "1.5", "1..5G", "1e3", "0x10", "4X", "4GG", "4iB", "9223372036854775808", "9000000P", "1 2", "NaN", "Inf", "4G4", "."} {
		if got, err := ParseBytes(in); err == nil {
			t.Errorf("ParseBytes(%q) = %d", in, got)
		}
	}
}

func TestBytesString(t *testing.T) {
	for in, want := range map[Bytes]string{
		0: "0 B", 1023: "1023 B", KiB: "1.0 KiB", 1536: "1.5 KiB", MiB - 1: "1.0 MiB", 4 * GiB: "4.0 GiB", 3 * TiB / 2: "1.5 TiB",
		math.MaxInt64: "8.0 EiB", -2 * MiB: "-2.0 MiB", -5: "-5 B", math.MinInt64: "-8.0 EiB",
	} {
		if got := in.String(); got != want {
			t.Errorf("%d is %s, want %s", in, got, want)
		}
	}
	if got := (42 * MiB).Rate(); got != "42.0 MiB/s" {
		t.Errorf("Rate is %s", got)
	}
}

func FuzzParseBytes(f *testing.F) {
	for _, s := range []string{"4G", "1.5T", "0", "-1", "9223372036854775807", "99999999999999999999P", "1.0000000000000001K", "KiB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseBytes(s)
		if err != nil {
			return
		}
		if n < 0 {
			t.Errorf("ParseBytes(%q) = %d", s, n)
		}
		if again, err := ParseBytes(fmt.Sprint(int64(n))); err != nil || again != n {
			t.Errorf("%d reads as %d, %v", n, again, err)
		}
	})
}

func TestSecretIsNeverSeen(t *testing.T) {
	const canary = "canary"
	s := NewSecret(canary)
	type holder struct {
		Public  Secret
		private Secret
	}
	h := holder{s, s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%10.3s"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+" "+verb, s, &s, h, []Secret{s}) //nolint:govet // wrong verbs on purpose
	}
	fmt.Fprintln(&out, s, h, &h, map[string]Secret{"a": s}, fmt.Errorf("x: %v", s))
	for _, v := range []any{s, h, map[string]any{"s": &s}} {
		data, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		out.Write(data)
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("x", "s", s, "h", h, "p", &s)
	}
	if err := template.Must(template.New("").Parse("{{.}} {{printf \"%q\" .}}")).Execute(&out, s); err != nil {
		t.Error(err)
	}
	if hex := fmt.Sprintf("%x", canary); strings.Contains(out.String(), canary) || strings.Contains(strings.ToLower(out.String()), hex) {
		t.Errorf("seen in %s", out.String())
	}
	if s.Reveal() != canary || s.Empty() || !(Secret{}).Empty() {
		t.Error("the value is lost")
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{
		"S3_BUKET": "S3_BUCKET", "S3_BUCKETNAME": "S3_BUCKET", "log-dir": "LOG_DIR", "RMAN_CHANELS": "RMAN_CHANNELS",
		"AWS_REGOIN": "AWS_REGION", "LANG": "", "HOME": "", "ORACLE_BASE": "", "AWS_CONFIG_FILE": "", "S3_SOMETHING": "", "": "",
	} {
		if got, known := nearest(name); got != want || known {
			t.Errorf("nearest(%q) = %q %v, want %q", name, got, known, want)
		}
	}
	if _, known := nearest("S3_BUCKET_NAME"); !known {
		t.Error("an alias is not known")
	}
}

func TestTable(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(Table()), "\n")
	if len(lines) != len(keys)+2 {
		t.Errorf("%d lines for %d keys", len(lines), len(keys))
	}
	for _, line := range lines {
		if strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 4 {
			t.Errorf("not a row of three cells: %s", line)
		}
	}
}

// The table is made by hand; these are its rules.
func TestKeysAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	group := map[string]bool{}
	last := ""
	for _, k := range keys {
		for _, n := range append([]string{k.name}, k.aliases...) {
			if seen[n] {
				t.Errorf("%s is there twice", n)
			}
			seen[n] = true
		}
		if k.group != last && group[k.group] {
			t.Errorf("%s stands apart from its group", k.name)
		}
		group[k.group], last = true, k.group
		if !strings.HasSuffix(k.help, ".") || k.kind.allowed == "" {
			t.Errorf("%s lacks words", k.name)
		}
	}
}

func TestWithoutSecrets(t *testing.T) {
	env := []string{
		"PATH=/bin", "AWS_SECRET_ACCESS_KEY=a", "AWS_SESSION_TOKEN=b", "AWS_ACCESS_KEY_ID=c", "RMAN_TARGET=d", "RMAN_TARGET_CONNECT_STRING=e",
		"NOTIFY_URL=f", "AWS_PROFILE=mail", "SLACK_TOKEN=theirs", "odd",
	}
	before := slices.Clone(env)
	if got, want := WithoutSecrets(env), []string{"PATH=/bin", "AWS_PROFILE=mail", "SLACK_TOKEN=theirs", "odd"}; !slices.Equal(got, want) {
		t.Errorf("left are %q, want %q", got, want)
	}
	if !slices.Equal(env, before) {
		t.Error("the environment that was given changed")
	}
}
