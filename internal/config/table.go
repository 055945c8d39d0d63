package config

// key is one row of the table: everything the program knows about a setting.
type key struct {
	name    string
	aliases []string // names of the old script and of the AWS tools
	group   string
	def     string // as written in .env; empty = unset
	defNote string // shown in place of def where it is computed
	help    string // one sentence, shown in .env.example and the README
	kind    kind
}

// kind reads one type of value into its field.
type kind struct {
	allowed string // for people: "1 to 64", "a size: 4G, 200M"
	secret  bool   // the value is never shown
	path    bool   // made absolute before set sees it
	set     func(c *Config, s string) error
}

const (
	groupOracle   = "Oracle"
	groupS3       = "S3"
	groupFolders  = "Folders"
	groupRMAN     = "Backup with RMAN"
	groupTransfer = "Transfer"
	groupKeep     = "Retention and checks"
	groupNotify   = "Notification"
	groupProgram  = "Program"
)

// keys is the table. Its order is the order of .env.example and the README.
var keys = []key{
	{name: "ORACLE_HOME", group: groupOracle, kind: text(func(c *Config) *string { return &c.OracleHome }, "an absolute path", absolute),
		help: "Folder of the Oracle software; rman and sqlplus are its bin/rman and bin/sqlplus."},
	{name: "ORACLE_SID", group: groupOracle, kind: text(func(c *Config) *string { return &c.OracleSID }, "letters, digits, _ $ # + -", sid),
		help: "Name of the instance."},
	{name: "RMAN_TARGET", aliases: []string{"RMAN_TARGET_CONNECT_STRING"}, group: groupOracle, def: "/", kind: secret(func(c *Config) *Secret { return &c.RMANTarget }, "a connect string, such as / or user/password@service", plain),
		help: "Connect string of the target database; / is operating system authentication."},

	{name: "S3_BUCKET", aliases: []string{"S3_BUCKET_NAME"}, group: groupS3, kind: text(func(c *Config) *string { return &c.Bucket }, "a bucket name, or the ARN of an access point", bucket),
		help: "Bucket that holds the backups."},
	{name: "S3_BACKUP_PREFIX", group: groupS3, def: "backups/", kind: text(func(c *Config) *string { return &c.Prefix }, "folders such as backups/, without .. and \\", prefix),
		help: "Folder within the bucket."},
	{name: "AWS_REGION", aliases: []string{"AWS_DEFAULT_REGION"}, group: groupS3, kind: text(func(c *Config) *string { return &c.Region }, "a region such as eu-central-1", word),
		help: "Region of the bucket; empty leaves it to the AWS profile."},
	{name: "AWS_ENDPOINT_URL_S3", group: groupS3, kind: text(func(c *Config) *string { return &c.Endpoint }, "https://host[:port], without user and password", endpoint),
		help: "Address of an S3-compatible store; empty is AWS."},
	{name: "S3_FORCE_PATH_STYLE", group: groupS3, defNote: "true with AWS_ENDPOINT_URL_S3", kind: unset(boolean(func(c *Config) *bool { return &c.ForcePathStyle })),
		help: "Address the bucket as a path instead of a host name; most S3-compatible stores need it."},
	{name: "AWS_PROFILE", group: groupS3, kind: text(func(c *Config) *string { return &c.Profile }, "the name of a profile", plain),
		help: "Profile of ~/.aws; used when no key is given here."},
	{name: "AWS_ACCESS_KEY_ID", group: groupS3, kind: text(func(c *Config) *string { return &c.AccessKey }, "an access key id", word),
		help: "Access key; empty leaves the credentials to the AWS chain (profile, role)."},
	{name: "AWS_SECRET_ACCESS_KEY", group: groupS3, kind: secret(func(c *Config) *Secret { return &c.SecretKey }, "the secret of AWS_ACCESS_KEY_ID", plain),
		help: "Secret of the access key."},
	{name: "AWS_SESSION_TOKEN", group: groupS3, kind: secret(func(c *Config) *Secret { return &c.SessionToken }, "the token of temporary credentials", plain),
		help: "Session token of temporary credentials."},
	{name: "S3_STORAGE_CLASS", group: groupS3, kind: text(func(c *Config) *string { return &c.StorageClass }, "a storage class such as STANDARD_IA", upperWord),
		help: "Storage class of the pieces; empty is the bucket's default."},
	{name: "S3_SSE", group: groupS3, kind: choice(func(c *Config) *string { return &c.SSE }, "AES256", "aws:kms", "aws:kms:dsse"),
		help: "Encryption at rest to ask for; empty is the bucket's default."},
	{name: "S3_SSE_KMS_KEY_ID", group: groupS3, kind: text(func(c *Config) *string { return &c.SSEKMSKeyID }, "a key id, alias or ARN", plain),
		help: "Key for S3_SSE=aws:kms; empty is the account's default key."},
	{name: "S3_OBJECT_LOCK_MODE", group: groupS3, kind: choice(func(c *Config) *string { return &c.ObjectLockMode }, "GOVERNANCE", "COMPLIANCE"),
		help: "Object Lock of everything that is written; empty is none."},
	{name: "S3_OBJECT_LOCK_DAYS", group: groupS3, def: "0", kind: count(func(c *Config) *int { return &c.ObjectLockDays }, 0, 36500),
		help: "Days that Object Lock holds an object."},
	{name: "S3_CHECKSUM", group: groupS3, def: "crc64nvme", kind: choice(func(c *Config) *string { return &c.Checksum }, "crc64nvme", "sha256"),
		help: "Checksum of the pieces; sha256 is computed besides crc64nvme and costs CPU."},
	{name: "S3_CAPABILITIES", group: groupS3, def: "auto", kind: text(func(c *Config) *string { return &c.S3Capabilities }, "auto, or a list of no-conditional, no-checksum, no-multipart-checksum", lacks),
		help: "What an S3-compatible store lacks; auto asks the store once."},
	{name: "S3_MAX_PARTS", group: groupS3, def: "10000", kind: count(func(c *Config) *int { return &c.S3MaxParts }, 1, 10000),
		help: "Parts that the store allows in one multipart upload."},

	{name: "LOG_DIR", group: groupFolders, def: "logs", kind: dir(func(c *Config) *string { return &c.LogDir }),
		help: "Folder of the runs: journals, logs, scripts, locks."},
	{name: "TEMP_BACKUP_DIR", group: groupFolders, def: "temp_backups", kind: dir(func(c *Config) *string { return &c.StagingDir }),
		help: "Staging: RMAN writes its pieces here until they are on S3. Never inside the fast recovery area."},
	{name: "RESTORE_SOURCE_DIR", group: groupFolders, def: "temp_restore", kind: dir(func(c *Config) *string { return &c.RestoreDir }),
		help: "Pieces are downloaded to this folder for a restore."},

	{name: "RMAN_CHANNELS", group: groupRMAN, def: "2", kind: count(func(c *Config) *int { return &c.Channels }, 1, 255),
		help: "RMAN channels at work; Standard Edition allows 1."},
	{name: "RMAN_MAX_PIECE_SIZE", group: groupRMAN, def: "4G", kind: size(func(c *Config) *Bytes { return &c.MaxPieceSize }, 64*KiB, 5*TiB, false),
		help: "Largest backup piece; RMAN begins a new piece beyond it."},
	{name: "RMAN_COMPRESSION", group: groupRMAN, def: "none", kind: choice(func(c *Config) *string { return &c.Compression }, "none", "basic", "low", "medium", "high"),
		help: "Compression of the backup sets; low, medium and high need a licence."},
	{name: "RMAN_SECTION_SIZE", group: groupRMAN, def: "0", kind: size(func(c *Config) *Bytes { return &c.SectionSize }, MiB, PiB, true),
		help: "Size of the sections in which a large datafile is backed up by several channels; 0 is off."},
	{name: "RMAN_RATE", group: groupRMAN, def: "0", kind: size(func(c *Config) *Bytes { return &c.Rate }, KiB, PiB, true),
		help: "Bytes per second that a channel reads at most; 0 is no limit."},
	{name: "RMAN_FILESPERSET", group: groupRMAN, def: "1", kind: count(func(c *Config) *int { return &c.FilesPerSet }, 1, 1000),
		help: "Datafiles in one backup set; 1 lets sets complete, upload and leave staging early."},
	{name: "RMAN_CUMULATIVE", group: groupRMAN, def: "false", kind: boolean(func(c *Config) *bool { return &c.Cumulative }),
		help: "Make level 1 backups cumulative instead of differential."},
	{name: "RMAN_SILENCE_LIMIT", group: groupRMAN, def: "2h", kind: age(func(c *Config) *dur { return &c.RMANSilence }),
		help: "RMAN is taken to hang when it says nothing for this long; 0 is never."},
	{name: "EXCLUDE_TABLESPACES", group: groupRMAN, kind: names(func(c *Config) *[]string { return &c.ExcludeTablespaces }),
		help: "Tablespaces that are left out of every backup on purpose; they cannot be restored."},

	{name: "UPLOAD_LIMIT", group: groupTransfer, def: "0", kind: size(func(c *Config) *Bytes { return &c.UploadLimit }, KiB, PiB, true),
		help: "Bytes per second that all uploads together use at most; 0 is no limit."},
	{name: "UPLOAD_CONCURRENCY", group: groupTransfer, def: "4", kind: count(func(c *Config) *int { return &c.UploadConcurrency }, 1, 256),
		help: "Parts in transfer at one time."},
	{name: "UPLOAD_NICE", group: groupTransfer, def: "10", kind: count(func(c *Config) *int { return &c.UploadNice }, 0, 19),
		help: "How far the reading of pieces for upload stands back behind the database, for processor and disk, on Linux; RMAN is left alone. 0 is not at all."},
	{name: "STAGING_LIMIT", group: groupTransfer, def: "0", kind: size(func(c *Config) *Bytes { return &c.StagingLimit }, MiB, PiB, true),
		help: "Bytes that staging holds at most; 0 is the free space of its disk."},

	{name: "ARCHIVELOG_KEEP_HOURS", group: groupKeep, def: "24", kind: count(func(c *Config) *int { return &c.KeepHours }, 0, 87600),
		help: "Archived redo logs stay on the database host at least this long, even when they are on S3."},
	{name: "RETENTION_DAYS", group: groupKeep, def: "0", kind: count(func(c *Config) *int { return &c.RetentionDays }, 0, 36500),
		help: "Every moment of the last days stays recoverable; 0 is no rule."},
	{name: "RETENTION_FULLS", group: groupKeep, def: "0", kind: count(func(c *Config) *int { return &c.RetentionFulls }, 0, 100000),
		help: "Full backups that are kept at least; 0 is no rule."},
	{name: "SCHEDULE_FULL", group: groupKeep, def: "7d", kind: age(func(c *Config) *dur { return &c.ScheduleFull }),
		help: "The newest full backup should not be older; 0 is not scheduled."},
	{name: "SCHEDULE_INCREMENTAL", group: groupKeep, def: "1d", kind: age(func(c *Config) *dur { return &c.ScheduleIncremental }),
		help: "The newest full or incremental backup should not be older; 0 is not scheduled."},
	{name: "SCHEDULE_ARCHIVELOG", group: groupKeep, def: "0", kind: age(func(c *Config) *dur { return &c.ScheduleLogs }),
		help: "The newest backup of archived logs should not be older; 0 is not scheduled."},
	{name: "VERIFY_SAMPLE", group: groupKeep, def: "0", kind: count(func(c *Config) *int { return &c.VerifySample }, 0, 100),
		help: "Percent of the sets whose bytes a verify reads and hashes even without --deep, others each day; 0 is none."},

	{name: "NOTIFY_URL", group: groupNotify, kind: secret(func(c *Config) *Secret { return &c.NotifyURL }, "an http or https address", webURL),
		help: "Address that gets a JSON document by POST at the start and the end of each run; one of healthchecks.io gets its pings."},
	{name: "NOTIFY_COMMAND", group: groupNotify, kind: text(func(c *Config) *string { return &c.NotifyCommand }, "a command", plain),
		help: "Command that /bin/sh runs at the start and the end of each run; the facts are in ORABAK_EVENT (start or end), ORABAK_OUTCOME, ORABAK_KIND and more; this program's secrets are not."},
	{name: "METRICS_FILE", group: groupNotify, kind: dir(func(c *Config) *string { return &c.MetricsFile }),
		help: "Prometheus text file (*.prom) that is brought up to date at the end of each run."},

	{name: "RUNS_KEEP_DAYS", group: groupProgram, def: "90", kind: count(func(c *Config) *int { return &c.RunsKeepDays }, 0, 36500),
		help: "Days that the folders of old runs stay in LOG_DIR; 0 is for ever."},
	{name: "READ_ONLY", group: groupProgram, def: "false", kind: boolean(func(c *Config) *bool { return &c.ReadOnly }),
		help: "Refuse every action that changes the database, the bucket or the disk."},
	{name: "CACHE_DIR", group: groupProgram, defNote: "~/.cache/orabak-tui", kind: dir(func(c *Config) *string { return &c.CacheDir }),
		help: "Cache of manifests; it may be removed at any time."},
}
