package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// loadText loads a .env file of the given text in a folder of its own.
func loadText(t testing.TB, text string, o Options) (*Config, []Warning, error) {
	t.Helper()
	o.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(o.Dir, ".env"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(o)
}

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	c, warnings, err := Load(Options{Dir: dir, Environ: []string{"HOME=/home/oracle"}})
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	want := Config{
		RMANTarget: NewSecret("/"), Prefix: "backups/", Checksum: "crc64nvme", S3Capabilities: "auto", S3MaxParts: 10000,
		LogDir: filepath.Join(dir, "logs"), StagingDir: filepath.Join(dir, "temp_backups"), RestoreDir: filepath.Join(dir, "temp_restore"),
		Channels: 2, MaxPieceSize: 4 * GiB, Compression: "none", FilesPerSet: 1, UploadConcurrency: 4, UploadNice: 10, KeepHours: 24,
		RMANSilence: 2 * time.Hour, RunsKeepDays: 90, ScheduleFull: 7 * 24 * time.Hour, ScheduleIncremental: 24 * time.Hour,
		CacheDir: "/home/oracle/.cache/orabak-tui",
	}
	if !reflect.DeepEqual(*c, want) {
		t.Errorf("\n got %+v\nwant %+v", *c, want)
	}
}

func TestExampleLoadsAsDefaults(t *testing.T) {
	c, warnings, err := loadText(t, Example(), Options{})
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	d, _, err := Load(Options{Dir: filepath.Dir(c.LogDir), EnvFile: os.DevNull})
	if err != nil || !reflect.DeepEqual(c, d) {
		t.Errorf("%v\n got %+v\nwant %+v", err, c, d)
	}
}

// everything sets every key to something that is not its default.
const everything = `
ORACLE_HOME=/u01/app/oracle/product/19c/
ORACLE_SID=ORCL
RMAN_TARGET='sys/top$ecret#1@orcl'
S3_BUCKET=my-backups
S3_BACKUP_PREFIX=/db/prod
AWS_REGION=eu-central-1
AWS_ENDPOINT_URL_S3=https://s3.example.com:9000/
S3_FORCE_PATH_STYLE=yes
AWS_PROFILE="oracle backup"
AWS_ACCESS_KEY_ID=AKIAEXAMPLE
AWS_SECRET_ACCESS_KEY=canary/secret+key=
AWS_SESSION_TOKEN=canary-token
S3_STORAGE_CLASS=standard_ia
S3_SSE=AWS:KMS
S3_SSE_KMS_KEY_ID=alias/backup
S3_OBJECT_LOCK_MODE=governance
S3_OBJECT_LOCK_DAYS=14
S3_CHECKSUM=SHA256
S3_CAPABILITIES=No-Checksum, no-conditional
S3_MAX_PARTS=1000
LOG_DIR=/var/log/orabak
TEMP_BACKUP_DIR=stage
RESTORE_SOURCE_DIR=../restore
RMAN_CHANNELS=8
RMAN_MAX_PIECE_SIZE=1.5T
RMAN_COMPRESSION=basic
RMAN_SECTION_SIZE=64G
RMAN_RATE=100M
RMAN_FILESPERSET=4
RMAN_CUMULATIVE=on
RMAN_SILENCE_LIMIT=90m
EXCLUDE_TABLESPACES=temp_data, pdb1:scratch
UPLOAD_LIMIT=200M/s
UPLOAD_CONCURRENCY=16
UPLOAD_NICE=5
STAGING_LIMIT=500G
ARCHIVELOG_KEEP_HOURS=48
RETENTION_DAYS=35
RETENTION_FULLS=4
SCHEDULE_FULL=1w
SCHEDULE_INCREMENTAL=36h
SCHEDULE_ARCHIVELOG=1d12h
VERIFY_SAMPLE=5
NOTIFY_URL=https://hc.example.com/ping/canary-uuid
NOTIFY_COMMAND='mail -s "backup" dba'
METRICS_FILE=metrics/orabak.prom
RUNS_KEEP_DAYS=30
READ_ONLY=1
CACHE_DIR=/var/cache/orabak
`

func TestEveryKey(t *testing.T) {
	c, warnings, err := loadText(t, everything, Options{})
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	dir := c.StagingDir[:len(c.StagingDir)-len("/stage")]
	want := Config{
		OracleHome: "/u01/app/oracle/product/19c", OracleSID: "ORCL", RMANTarget: NewSecret("sys/top$ecret#1@orcl"),
		Region: "eu-central-1", Endpoint: "https://s3.example.com:9000", Profile: "oracle backup", AccessKey: "AKIAEXAMPLE",
		SecretKey: NewSecret("canary/secret+key="), SessionToken: NewSecret("canary-token"), ForcePathStyle: true,
		Bucket: "my-backups", Prefix: "db/prod/", StorageClass: "STANDARD_IA", SSE: "aws:kms", SSEKMSKeyID: "alias/backup",
		ObjectLockMode: "GOVERNANCE", ObjectLockDays: 14, Checksum: "sha256", S3Capabilities: "no-checksum,no-conditional", S3MaxParts: 1000,
		LogDir: "/var/log/orabak", StagingDir: dir + "/stage", RestoreDir: filepath.Join(dir, "../restore"),
		Channels: 8, MaxPieceSize: 3 * TiB / 2, Compression: "basic", SectionSize: 64 * GiB, Rate: 100 * MiB, FilesPerSet: 4, Cumulative: true,
		ExcludeTablespaces: []string{"TEMP_DATA", "PDB1:SCRATCH"}, UploadLimit: 200 * MiB, StagingLimit: 500 * GiB, UploadConcurrency: 16, UploadNice: 5,
		KeepHours: 48, RetentionDays: 35, RetentionFulls: 4, VerifySample: 5, RMANSilence: 90 * time.Minute, RunsKeepDays: 30,
		ScheduleFull: 7 * 24 * time.Hour, ScheduleIncremental: 36 * time.Hour, ScheduleLogs: 36 * time.Hour,
		NotifyURL: NewSecret("https://hc.example.com/ping/canary-uuid"), NotifyCommand: `mail -s "backup" dba`,
		MetricsFile: dir + "/metrics/orabak.prom", ReadOnly: true, CacheDir: "/var/cache/orabak",
	}
	if !reflect.DeepEqual(*c, want) {
		t.Errorf("\n got %+v\nwant %+v", *c, want)
	}
	if c.RMANTarget.Reveal() != "sys/top$ecret#1@orcl" {
		t.Error("RMAN_TARGET lost a part")
	}
	for i := range keys {
		if !strings.Contains(everything, "\n"+keys[i].name+"=") {
			t.Errorf("%s is not tested", keys[i].name)
		}
	}
}

func TestLayers(t *testing.T) {
	for name, c := range map[string]struct {
		file      string
		environ   []string
		overrides map[string]string
		want      string
	}{
		"file":                      {file: "S3_BUCKET=file", want: "file"},
		"environment over file":     {file: "S3_BUCKET=file", environ: []string{"S3_BUCKET=env"}, want: "env"},
		"flag over environment":     {file: "S3_BUCKET=file", environ: []string{"S3_BUCKET=env"}, overrides: map[string]string{"S3_BUCKET": "flag"}, want: "flag"},
		"alias":                     {file: "S3_BUCKET_NAME=old", want: "old"},
		"alias above":               {file: "S3_BUCKET=file", environ: []string{"S3_BUCKET_NAME=old"}, want: "old"},
		"alias beside an empty key": {file: "S3_BUCKET=\nS3_BUCKET_NAME=old", want: "old"},
		"empty is the default":      {file: "S3_BUCKET=file", environ: []string{"S3_BUCKET="}, want: ""},
		"spaces around":             {file: "S3_BUCKET='  file '", want: "file"},
		"windows file":              {file: "\uFEFFS3_BUCKET=file\r\nLOG_DIR=x\r\n", want: "file"},
		"export and comment":        {file: "# a comment\nexport S3_BUCKET=file # another", want: "file"},
	} {
		cfg, warnings, err := loadText(t, c.file, Options{Environ: c.environ, Overrides: c.overrides})
		if err != nil || len(warnings) != 0 || cfg.Bucket != c.want {
			t.Errorf("%s: %+v %v %v", name, cfg, warnings, err)
		}
	}
	_, warnings, err := loadText(t, "S3_BUCKET=one\nS3_BUCKET_NAME=two", Options{})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].String(), "S3_BUCKET_NAME") {
		t.Errorf("two names that differ: %v %v", warnings, err)
	}
}

func TestAllWrongKeysAtOnce(t *testing.T) {
	_, _, err := loadText(t, "RMAN_CHANNELS=many\nS3_CHECKSUM=md5\nARCHIVELOG_KEEP_HOUR=72\nNOTIFY_URL=canary-no-url\nAWS_SECRET_ACCES_KEY=canary",
		Options{Environ: []string{"UPLOAD_LIMIT=-5", "AWS_SECRET_ACCESS_KEY=canary"}, Overrides: map[string]string{"LOGDIR": "x"}})
	var wrong *Error
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	var got []string
	for _, i := range wrong.Issues {
		got = append(got, i.Key)
	}
	want := []string{"ARCHIVELOG_KEEP_HOUR", "AWS_SECRET_ACCES_KEY", "LOGDIR", "S3_CHECKSUM", "RMAN_CHANNELS", "UPLOAD_LIMIT", "NOTIFY_URL", "AWS_ACCESS_KEY_ID"}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
	for _, part := range []string{
		`RMAN_CHANNELS="many" (`, "allowed: a whole number, 1 to 255", `S3_CHECKSUM="md5"`, "allowed: crc64nvme, sha256",
		"did you mean ARCHIVELOG_KEEP_HOURS?", `UPLOAD_LIMIT="-5" (the environment)`, "NOTIFY_URL=*** (", "did you mean LOG_DIR?",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("missing %q in\n%v", part, err)
		}
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("a secret is in\n%v", err)
	}
}

func TestRefusedValues(t *testing.T) {
	for _, line := range []string{
		"ORACLE_HOME=relative/path", "ORACLE_SID=a/b", "S3_BUCKET=a", "S3_BUCKET=a/b", "S3_BACKUP_PREFIX=/", "S3_BACKUP_PREFIX=a/../b",
		"S3_BACKUP_PREFIX=a//b", `S3_BACKUP_PREFIX='a\b'`, "AWS_REGION='eu central'", "AWS_ENDPOINT_URL_S3=s3.example.com",
		"AWS_ENDPOINT_URL_S3=ftp://x", "AWS_ENDPOINT_URL_S3=https://x/?a=b", "S3_FORCE_PATH_STYLE=maybe", "S3_SSE=none",
		"S3_OBJECT_LOCK_DAYS=7", "S3_OBJECT_LOCK_MODE=GOVERNANCE", "S3_SSE_KMS_KEY_ID=x", "S3_MAX_PARTS=10001", "S3_CAPABILITIES=no-luck", "S3_CAPABILITIES=auto,no-checksum", "RMAN_CHANNELS=0",
		"RMAN_MAX_PIECE_SIZE=0", "RMAN_MAX_PIECE_SIZE=9P", "RMAN_COMPRESSION=zip", "RMAN_SECTION_SIZE=1", "VERIFY_SAMPLE=101",
		"SCHEDULE_FULL=7", "SCHEDULE_FULL=-7d", "SCHEDULE_FULL=h", "EXCLUDE_TABLESPACES=SYSTEM", "EXCLUDE_TABLESPACES='a;b'",
		"ARCHIVELOG_KEEP_HOURS=24h", "RESTORE_SOURCE_DIR=temp_backups", "LOG_DIR=\"a\x1b[31m\"", "LOG_DIR=\"a\\nb\"", "LOG_DIR='a\u202eb'", "LOG_DIR='a\xffb'",
		"AWS_ACCESS_KEY_ID=x", "RMAN_TARGET=sys/pa$WORD@db", "RMAN_TARGET=\"sys/pa${WORD}\"",
	} {
		key, _, _ := strings.Cut(line, "=")
		_, _, err := loadText(t, line, Options{})
		var wrong *Error
		if !errors.As(err, &wrong) || len(wrong.Issues) != 1 {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if printable(strings.ReplaceAll(err.Error(), "\n", "")) != nil {
			t.Errorf("%s: the error is not safe to print: %q", line, err)
		}
		if wrong.Issues[0].Remedy == "" && wrong.Issues[0].Allowed == "" {
			t.Errorf("%s: no advice in %v (%s)", line, err, key)
		}
	}
}

func TestEndpointPasswordIsNotShown(t *testing.T) {
	_, _, err := loadText(t, "AWS_ENDPOINT_URL_S3=https://user:canary@host\nNOTIFY_URL=canary", Options{})
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
}

func TestReferencesWithinTheFile(t *testing.T) {
	c, _, err := loadText(t, "ORACLE_SID=ORCL\nLOG_DIR=/var/log/${ORACLE_SID}\nAWS_PROFILE='a$B'\nAWS_ACCESS_KEY_ID=x\nS3_SSE=aws:kms\nS3_SSE_KMS_KEY_ID=a\\$B\nAWS_SECRET_ACCESS_KEY=lower$case\nNOTIFY_COMMAND=\"echo \\$HOME\"", Options{})
	if err != nil || c.LogDir != "/var/log/ORCL" || c.Profile != "a$B" || c.SSEKMSKeyID != "a$B" || c.SecretKey.Reveal() != "lower$case" || c.NotifyCommand != "echo $HOME" {
		t.Errorf("%+v %v", c, err)
	}
	// What another layer sets cannot be hurt by the file.
	if _, _, err := loadText(t, "AWS_PROFILE=a$B", Options{Environ: []string{"AWS_PROFILE=x"}}); err != nil {
		t.Error(err)
	}
}

func TestEnvFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "prod.env")
	if _, _, err := Load(Options{Dir: dir, EnvFile: path}); err == nil || !strings.Contains(err.Error(), "prod.env") {
		t.Errorf("a named file that is missing: %v", err)
	}
	if err := os.WriteFile(path, []byte("S3_BUCKET=ok1\n\nAWS_SECRET_ACCESS_KEY=\"canary\nno end"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := Load(Options{Dir: dir, EnvFile: path})
	if err == nil || !strings.Contains(err.Error(), "line 3") || strings.Contains(err.Error(), "canary") {
		t.Errorf("a file with an error: %v", err)
	}
	if err := os.WriteFile(path, make([]byte, maxEnvFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err = Load(Options{Dir: dir, EnvFile: path}); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a huge file: %v", err)
	}
	if _, _, err = Load(Options{EnvFile: dir}); err == nil {
		t.Error("a folder was read")
	}
}

func TestOpenFileWithSecretIsWarnedOf(t *testing.T) {
	for text, want := range map[string]bool{
		"AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=canary": true,
		"RMAN_TARGET_CONNECT_STRING=sys/canary@db":          true,
		"RMAN_TARGET=/":                         false,
		"RMAN_TARGET=/@orcl":                    false,
		"S3_BUCKET=abc\nAWS_SECRET_ACCESS_KEY=": false,
	} {
		path := filepath.Join(t.TempDir(), ".env")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for mode, warn := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: want, 0o604: want} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			_, warnings, err := Load(Options{Dir: filepath.Dir(path)})
			if err != nil || (len(warnings) == 1) != warn {
				t.Errorf("%q %o: %v %v", text, mode, warnings, err)
			}
			if warn && (!strings.Contains(warnings[0].String(), "chmod 600 "+path) || strings.Contains(warnings[0].String(), "canary")) {
				t.Errorf("%q: %s", text, warnings[0])
			}
		}
	}
}

func TestStrangers(t *testing.T) {
	_, warnings, err := loadText(t, "NLS_LANG=x\nTNS_ADMIN=/x\nS3_SOMETHING_ELSE=1", Options{Environ: []string{
		"LOGDIR=x", "LANG=C", "ORACLE_BASE=/u01", "ORACLE_UNQNAME=x", "AWS_ROLE_ARN=x", "PATH=/bin", "ORACLE_SIDE=canary", "no equals sign"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range warnings {
		got = append(got, w.Key)
	}
	if !slices.Equal(got, []string{"S3_SOMETHING_ELSE", "LOGDIR", "ORACLE_SIDE"}) {
		t.Errorf("warned of %v", warnings)
	}
	if strings.Contains(fmt.Sprint(warnings), "canary") {
		t.Error("the value of a stranger was shown")
	}
}

func TestHostileNamesAreQuoted(t *testing.T) {
	_, _, err := Load(Options{EnvFile: "/none/\x1b[2J", Environ: []string{"S3_BU\x1bCKET=x"}})
	if err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("%q", err)
	}
	_, warnings, err := loadText(t, "", Options{Environ: []string{"S3_BU\x1bCKET=x", "HOME=/\x1b"}, Overrides: map[string]string{"\x1b": "x"}})
	if err == nil || len(warnings) != 1 || strings.Contains(fmt.Sprint(warnings, err), "\x1b") {
		t.Errorf("%q %q", warnings, err)
	}
}

func TestWarnings(t *testing.T) {
	for text, want := range map[string]string{
		"AWS_ENDPOINT_URL_S3=http://10.0.0.1:9000": "AWS_ENDPOINT_URL_S3",
		"S3_STORAGE_CLASS=DEEP_ARCHIVE":            "S3_STORAGE_CLASS",
	} {
		_, warnings, err := loadText(t, text, Options{})
		if err != nil || len(warnings) != 1 || warnings[0].Key != want || warnings[0].Remedy == "" {
			t.Errorf("%s: %v %v", text, warnings, err)
		}
	}
	for _, text := range []string{"http://localhost:9000", "http://127.0.0.1:1", "http://[::1]:1", "https://s3.example.com"} {
		if _, warnings, err := loadText(t, "AWS_ENDPOINT_URL_S3="+text, Options{}); err != nil || len(warnings) != 0 {
			t.Errorf("%s: %v %v", text, warnings, err)
		}
	}
}

func TestConfigHidesItsSecrets(t *testing.T) {
	c, _, err := loadText(t, everything, Options{})
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprintf("%v %+v %#v", *c, *c, *c), fmt.Sprint(c), string(encoded)} {
		if strings.Contains(s, "canary") || strings.Contains(s, "top$ecret") || strings.Contains(s, fmt.Sprintf("%x", "canary")) {
			t.Errorf("a secret is in %s", s)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(everything)
	f.Add(Example())
	f.Add("A=\"x\n")
	f.Add("LOG_DIR='\u202e'\nS3_BUCKET=$x\nRMAN_TARGET=\"a\\n\"")
	f.Add("AWS_SECRET_ACCESS_KEY=\x00\xff")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, warnings, err := Load(Options{Dir: dir})
		if (c == nil) == (err == nil) {
			t.Fatal(c, err)
		}
		said := fmt.Sprint(warnings, err)
		if printable(strings.ReplaceAll(said, "\n", "")) != nil {
			t.Errorf("not safe to print: %q", said)
		}
		if c == nil {
			return
		}
		if !strings.HasSuffix(c.Prefix, "/") || strings.Contains("/"+c.Prefix, "/../") || !filepath.IsAbs(c.LogDir) || c.Channels < 1 || c.MaxPieceSize <= 0 {
			t.Errorf("%+v", c)
		}
	})
}
