package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Load reads the .env file, puts the environment and then the overrides on
// top, and validates all of it. An empty value means the default. The error is
// an *Error that lists every wrong key, or says why the file could not be
// read. Warnings are given with either outcome.
func Load(o Options) (*Config, []Warning, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("working directory: %w", err)
	}
	l := loader{dir: dir, values: map[string]value{}}
	if err := l.readFile(o); err != nil {
		return nil, nil, err
	}
	env := environMap(o.Environ)
	l.layer("the environment", env)
	l.layer("the command line", o.Overrides)
	if l.path != "" {
		l.checkReferences()
	}
	l.nameStrangers(env, o.Overrides)
	c := &Config{}
	for i := range keys {
		l.apply(c, &keys[i])
	}
	if l.values["S3_FORCE_PATH_STYLE"].text == "" {
		c.ForcePathStyle = c.Endpoint != "" && !strings.Contains(c.Endpoint, ".amazonaws.com")
	}
	c.CacheDir = cmp.Or(c.CacheDir, cacheDir(env, c.LogDir))
	l.crossCheck(c)
	if len(l.issues) > 0 {
		return nil, l.warnings, &Error{Issues: l.issues}
	}
	return c, l.warnings, nil
}

// value is what a key was set to, under which name and where.
type value struct{ text, name, source string }

type loader struct {
	dir      string
	path     string            // of the .env file that was read
	raw      []byte            // its bytes
	file     map[string]string // its values
	values   map[string]value  // by the key's own name; the topmost layer wins
	issues   []Issue
	warnings []Warning
}

func (l *loader) warn(key, remedy, format string, args ...any) {
	l.warnings = append(l.warnings, Warning{Key: key, Text: fmt.Sprintf(format, args...), Remedy: remedy})
}

func environMap(environ []string) map[string]string {
	m := make(map[string]string, len(environ))
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok {
			m[k] = v
		}
	}
	return m
}

// layer puts the values of one source on top of those before it.
func (l *loader) layer(source string, from map[string]string) {
	for i := range keys {
		k := &keys[i]
		v, given := value{source: source, name: k.name}, false
		for _, name := range append([]string{k.name}, k.aliases...) {
			text, ok := from[name]
			text = strings.TrimSpace(text)
			switch {
			case !ok:
			case v.text == "":
				v.text, given = text, true
				if text != "" {
					v.name = name
				}
			case text != "" && text != v.text:
				l.warn(k.name, "remove one of them", "%s: %s and %s differ; %s is used", source, v.name, name, v.name)
			}
		}
		if given {
			l.values[k.name] = v
		}
	}
}

// apply validates one key and sets its field.
func (l *loader) apply(c *Config, k *key) {
	v := l.values[k.name]
	if v.text == "" {
		v = value{text: k.def, name: k.name, source: "the default"}
	}
	err := printable(v.text)
	if err == nil {
		if k.kind.path {
			v.text = l.abs(v.text)
		}
		err = k.kind.set(c, v.text)
	}
	if err != nil {
		l.issues = append(l.issues, k.issue(v, err))
	}
}

func (l *loader) abs(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(l.dir, path)
}

// printable refuses what could move a cursor, split a line or hide in one.
func printable(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("not UTF-8 text")
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return fmt.Errorf("control character %U", r)
		}
	}
	return nil
}

// cacheDir follows the XDG rules and needs no home: cron may have none.
func cacheDir(env map[string]string, logDir string) string {
	const name = "orabak-tui"
	if base := env["XDG_CACHE_HOME"]; filepath.IsAbs(base) && printable(base) == nil {
		return filepath.Join(base, name)
	}
	if home := env["HOME"]; filepath.IsAbs(home) && printable(home) == nil {
		return filepath.Join(home, ".cache", name)
	}
	return filepath.Join(logDir, ".cache")
}

// crossCheck looks at keys that need each other.
func (l *loader) crossCheck(c *Config) {
	l.needs("AWS_SECRET_ACCESS_KEY", c.AccessKey != "" && c.SecretKey.Empty(), "AWS_ACCESS_KEY_ID is set without it", "set both, or neither and use a profile or role")
	l.needs("AWS_ACCESS_KEY_ID", c.AccessKey == "" && !c.SecretKey.Empty(), "AWS_SECRET_ACCESS_KEY is set without it", "set both, or neither and use a profile or role")
	l.needs("S3_OBJECT_LOCK_DAYS", c.ObjectLockMode != "" && c.ObjectLockDays == 0, "S3_OBJECT_LOCK_MODE is set without it", "set the days that the lock holds")
	l.needs("S3_OBJECT_LOCK_MODE", c.ObjectLockMode == "" && c.ObjectLockDays > 0, "S3_OBJECT_LOCK_DAYS is set without it", "set GOVERNANCE or COMPLIANCE")
	l.needs("S3_SSE", c.SSEKMSKeyID != "" && !strings.HasPrefix(c.SSE, "aws:kms"), "S3_SSE_KMS_KEY_ID is set without it", "set S3_SSE=aws:kms")
	l.needs("RESTORE_SOURCE_DIR", c.RestoreDir == c.StagingDir, "it is the same folder as TEMP_BACKUP_DIR", "give restore its own folder")
	if overNet(c.Endpoint) {
		l.warn("AWS_ENDPOINT_URL_S3", "use https", "AWS_ENDPOINT_URL_S3 is plain http: backups cross the network unencrypted")
	}
	if c.StorageClass == "GLACIER" || c.StorageClass == "DEEP_ARCHIVE" {
		l.warn("S3_STORAGE_CLASS", "use GLACIER_IR or STANDARD_IA", "S3_STORAGE_CLASS=%s: a restore must first wait hours for the objects", c.StorageClass)
	}
}

// needs reports a key once, however many rules it breaks.
func (l *loader) needs(name string, broken bool, problem, remedy string) {
	reported := slices.ContainsFunc(l.issues, func(i Issue) bool { return i.Key == name })
	if broken && !reported {
		l.issues = append(l.issues, Issue{Key: name, Problem: problem, Remedy: remedy})
	}
}
