package config

import "time"

// Config is everything that can be set. It is made by Load, which guarantees
// that each field is valid; after that it is read only and may be shared.
type Config struct {
	OracleHome string
	OracleSID  string
	RMANTarget Secret // connect string; "/" is the local instance

	Region         string
	Endpoint       string // URL; empty = AWS
	Profile        string
	AccessKey      string // empty = the SDK's own chain (profile, role)
	SecretKey      Secret
	SessionToken   Secret
	ForcePathStyle bool

	Bucket         string
	Prefix         string // always ends in "/"
	StorageClass   string // empty = the bucket's default
	SSE            string // empty | AES256 | aws:kms | aws:kms:dsse
	SSEKMSKeyID    string
	ObjectLockMode string // empty | GOVERNANCE | COMPLIANCE
	ObjectLockDays int
	Checksum       string // crc64nvme | sha256 (besides crc64nvme)
	S3Capabilities string // auto | comma list of what the store lacks
	S3MaxParts     int    // parts of one multipart upload, at most 10000

	LogDir     string // absolute
	StagingDir string // absolute; TEMP_BACKUP_DIR
	RestoreDir string // absolute; RESTORE_SOURCE_DIR

	Channels           int
	MaxPieceSize       Bytes
	Compression        string   // none | basic | low | medium | high
	SectionSize        Bytes    // 0 = whole files
	Rate               Bytes    // per second and channel; 0 = no limit
	FilesPerSet        int      // datafiles in one backup set
	Cumulative         bool     // level 1 cumulative instead of differential
	ExcludeTablespaces []string // upper case

	UploadLimit       Bytes // per second, all uploads together; 0 = no limit
	StagingLimit      Bytes // in staging at one time; 0 = no limit
	UploadConcurrency int   // parts at once
	UploadNice        int   // nice value of the threads that read pieces; 0 = that of the process

	KeepHours      int // archived logs stay on local disk at least this long
	RetentionDays  int // 0 = no rule
	RetentionFulls int // 0 = no rule
	VerifySample   int // percent of the sets that a verify without --deep reads all the same
	RMANSilence    time.Duration
	RunsKeepDays   int // 0 = keep all

	// The largest age of the newest set of a kind before a check complains;
	// 0 = not scheduled.
	ScheduleFull        time.Duration
	ScheduleIncremental time.Duration
	ScheduleLogs        time.Duration

	NotifyURL     Secret
	NotifyCommand string
	MetricsFile   string // absolute when set
	ReadOnly      bool
	CacheDir      string // absolute
}

// Options says where Load looks. The zero value reads .env in the working
// directory and nothing else.
type Options struct {
	EnvFile   string            // --env-file; empty = Dir/.env, which may be missing
	Dir       string            // base of relative paths; empty = the working directory
	Environ   []string          // KEY=value, as os.Environ gives it
	Overrides map[string]string // from flags: key of the table → value
}

// Warning is something to tell the person that does not stop the program.
type Warning struct {
	Key    string // may be empty
	Text   string
	Remedy string
}

// String is one line: what is odd and what to do.
func (w Warning) String() string {
	if w.Remedy == "" {
		return w.Text
	}
	return w.Text + ": " + w.Remedy
}
