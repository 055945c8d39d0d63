package rman

// Remedies that several codes share.
const (
	spaceRemedy = "Free space in the directory named in the message (upload and remove pieces, raise the quota), " +
		"or set smaller pieces; with another error number see the operating system's message."
	fileSystemRemedy   = "Stage on a local file system: FUSE mounts (goofys, s3fs, blobfuse) and some NFS servers lack calls that Oracle needs."
	recoveryAreaRemedy = "Raise db_recovery_file_dest_size, or back up and delete archived logs; keep staging outside of the recovery area."
	mediaRemedy        = "Read the media manager's own message and log; check its library, server and credentials."
	fetchRemedy        = "Fetch the piece again, compare its size and checksum with the manifest, then repeat the restore."
	instanceRemedy     = "Check ORACLE_SID and ORACLE_HOME against the running instance (pmon process), then start it."
	onlineLogRemedy    = "Recover until the last archived log and open with RESETLOGS; CLEAR LOGFILE only if it is archived and inactive."
)

// spaceErrors: disks, file systems and the recovery area.
var spaceErrors = []Entry{
	fatal("ORA-19502", "write error on file",
		"RMAN could not write the piece; the operating system's error says why (28 or 112: no space; 5, 22, 95: the file system).",
		spaceRemedy),
	fatal("ORA-19504", "failed to create file",
		"The directory is missing, is not writable for the operating system user that runs Oracle, or the file exists already.",
		"Create the directory and give it to that user (not only to the one that runs this program); mind SELinux."),
	fatal("ORA-19715", "invalid format for a generated name",
		"For format F: RMAN can name 256 control file autobackups a day (the count in %F ends at FF), and the day's are used up.",
		"Back up less often, not every few minutes; until midnight no backup that ends in an autobackup succeeds."),
	fatal("ORA-19510", "failed to set the size of a file",
		"The file system cannot set a file's size as Oracle asks, or is full.", fileSystemRemedy),
	fatal("ORA-19501", "read error on file", "The disk or the file system failed to read.",
		"Check the storage and the system log; validate the file."),
	fatal("ORA-19505", "failed to identify file",
		"The piece or file is not at the path that the repository holds, or is not readable.",
		"Put it back at that path, or CATALOG it where it is; check the permissions."),
	fatal("ORA-19506", "failed to create sequential file",
		"The media manager could not create the piece.", mediaRemedy),
	fatal("ORA-19507", "failed to retrieve sequential file",
		"The media manager could not find or open the piece.", mediaRemedy),
	fatal("ORA-19511", "error received from media manager layer",
		"The media manager failed; its own text follows.", mediaRemedy),
	fatal("ORA-19554", "error allocating device", "The channel's device or media manager library could not be used.", mediaRemedy),
	fatal("ORA-19809", "limit exceeded for recovery files",
		"The recovery area is full: db_recovery_file_dest_size is reached.", recoveryAreaRemedy),
	fatal("ORA-19811", "cannot have files in the recovery area with keep attributes",
		"KEEP backups may not live in the recovery area.", "Give the backup a FORMAT outside of it."),
	fatal("ORA-19813", "cannot have unavailable files in the recovery area",
		"CHANGE … UNAVAILABLE is refused for files in the recovery area.", "Keep staging outside of the recovery area."),
	fatal("ORA-00257", "archiver error",
		"The archived log destination is full; the database waits until it has room.",
		"Free space there: back up and delete archived logs through RMAN, or raise db_recovery_file_dest_size."),
	fatal("ORA-16014", "log not archived, no available destinations",
		"No archived log destination can be written.", "Free space in the destination, or correct log_archive_dest_n."),
	fatal("ORA-16038", "log cannot be archived",
		"An online log could not be archived; a code behind it says why.", "Free space in the destination, or correct log_archive_dest_n."),
	fatal("ORA-15041", "diskgroup space exhausted", "The ASM disk group is full.",
		"Add disks, or remove files that are not needed; mind the mirrored size."),
	fatal("ORA-15001", "diskgroup does not exist or is not mounted", "The ASM disk group is not mounted here.",
		"Mount it, or restore to another destination (SET NEWNAME)."),
	fatal("ORA-15173", "entry does not exist in directory", "The directory is not there in the ASM disk group.",
		"Create it, or SET NEWNAME to the disk group alone."),
	fatal("ORA-15012", "ASM file does not exist", "The file is no longer in the disk group.", "Restore it, or CROSSCHECK its record."),
	fatal("ORA-01565", "error in identifying file", "A file cannot be opened; the codes behind it say why.",
		"Correct the path or the permissions."),
	fatal("ORA-00344", "unable to re-create online log",
		"The directory of an online log is missing on this host.",
		"Create it, or rename the log files before OPEN RESETLOGS."),
	fatal("ORA-19566", "exceeded limit of corrupt blocks for file",
		"The datafile has corrupt blocks: a real damage of the database.",
		"VALIDATE the file and see V$DATABASE_BLOCK_CORRUPTION; recover the blocks (RECOVER CORRUPTION LIST). Do not raise MAXCORRUPT."),
	fatal("ORA-01578", "Oracle data block corrupted",
		"A block of a datafile is damaged.", "Recover the block (RECOVER DATAFILE n BLOCK m) from a backup."),
}

// pieceErrors: what is wrong with a backup piece or a restored file.
var pieceErrors = []Entry{
	fatal("ORA-19587", "error occurred reading bytes at a block of a piece",
		"The piece is cut short, or its storage failed.", fetchRemedy),
	fatal("ORA-19588", "log or file record is no longer valid", "The repository's record is out of date.", "Resync, then repeat."),
	fatal("ORA-19563", "header validation failed for file",
		"The file at the destination is no restored datafile: an earlier RESTORE did not write it.",
		"Repeat the RESTORE and look for errors inside of it before SWITCH."),
	fatal("ORA-19597", "file is not the expected one", "The piece holds another file's blocks.", fetchRemedy),
	fatal("ORA-19599", "block is corrupt in a backup piece or file",
		"The piece was damaged on its way or on disk.", fetchRemedy),
	fatal("ORA-19612", "datafile not restored due to missing or corrupt data",
		"The piece lacks blocks of this datafile.", fetchRemedy),
	fatal("ORA-19573", "cannot obtain exclusive enqueue for datafile",
		"The datafile is in use: the database or the file is open.", "Mount the database, or take the file offline, then repeat."),
	fatal("ORA-19606", "cannot copy or restore to the snapshot control file",
		"The destination is the snapshot control file.", "Choose another destination or snapshot name."),
	fatal("ORA-19693", "backup piece has already been included", "The same piece was named twice.", "Name each piece once."),
	fatal("ORA-19698", "file is from a different database",
		"The piece or file belongs to another DBID.", "Check which database's pieces these are; set the right DBID."),
	fatal("ORA-19836", "cannot use passphrase encryption for this backup",
		"The backup is encrypted in a way that a password alone does not open.", "Open the wallet that was used for the backup."),
	fatal("ORA-19913", "unable to decrypt backup",
		"The password or the wallet key of the backup is missing or wrong.",
		"SET DECRYPTION IDENTIFIED BY …, or open the wallet, in this session; again after each restart."),
	fatal("ORA-19914", "unable to encrypt backup", "The wallet is closed or has no key.", "Open the wallet, then repeat."),
	fatal("ORA-28365", "wallet is not open", "Encryption needs the wallet.", "Open the wallet, then repeat."),
	fatal("ORA-28374", "typed master key not found in wallet",
		"The wallet is not the one that encrypted this database or backup.", "Restore that wallet and open it."),
}

func fatal(code, title, cause, remedy string) Entry {
	return Entry{Code: code, Title: title, Cause: cause, Remedy: remedy, Severity: Fatal, Retry: RetryAfterFix}
}

// never is a fatal error that running again cannot help.
func never(code, title, cause, remedy string) Entry {
	e := fatal(code, title, cause, remedy)
	e.Retry = RetryNever
	return e
}

// passing is a fatal error whose cause often goes away by itself.
func passing(code, title, cause, remedy string) Entry {
	e := fatal(code, title, cause, remedy)
	e.Retry = RetryHelps
	return e
}
