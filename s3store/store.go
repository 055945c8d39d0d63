package s3store

import (
	"context"
	"errors"
	"time"
)

// Store is a bucket with backup sets under a prefix. All methods may be
// called concurrently; all transfers of one Store share its buffers, its
// concurrency and its upload limit.
type Store struct {
	opt Options
}

// Open prepares the store; it reads credentials but does not connect. Call
// Probe to learn whether the bucket can be used.
func Open(ctx context.Context, opt Options) (*Store, error) {
	return nil, errors.ErrUnsupported
}

// Options returns the options in force, defaults filled in.
func (s *Store) Options() Options { return s.opt }

// SetUploadLimit changes the limit over all uploads while they run, in bytes
// per second; 0 lifts it.
func (s *Store) SetUploadLimit(bytesPerSecond int64) {}

// Capabilities is what the store turned out to support, and how objects are
// confirmed there.
type Capabilities struct {
	// ConditionalCreate: PutObject with If-None-Match: * creates or fails.
	// Without it Commit looks first and then puts; the lock of the run is then
	// all that keeps two runs apart.
	ConditionalCreate bool `json:"conditional_create"`
	// ChecksumStored: HEAD returns the CRC64NVME that was sent.
	ChecksumStored bool `json:"checksum_stored"`
	// MultipartChecksum: HEAD returns it for multipart uploads too; learned
	// from the first one, assumed until then.
	MultipartChecksum bool `json:"multipart_checksum"`
	// ChecksumEnforced: an upload whose checksum does not fit is refused.
	ChecksumEnforced bool          `json:"checksum_enforced"`
	ClockSkew        time.Duration `json:"clock_skew"` // store's clock minus ours, about
	ProbedAt         time.Time     `json:"probed_at"`
}

// Probe checks, with requests, that the bucket exists, that it may be listed,
// written and read, and what the store supports. Each failure is an *Error
// with a kind and a remedy. It leaves nothing behind when it may delete, and
// at most one small object per host when it may not.
func (s *Store) Probe(ctx context.Context) (Capabilities, error) {
	return Capabilities{}, errors.ErrUnsupported
}

// Filter selects rows of a listing. The zero value selects the committed sets
// of every database under the prefix.
type Filter struct {
	DBName string
	DBID   int64
	// Foreign includes, besides committed sets, sets without a manifest
	// (StatusIncomplete) and folders that the old script made
	// (StatusForeign). A foreign row is kept whatever the database.
	Foreign bool
	// Fresh asks the bucket for every row and uses no cached page. Plans that
	// destroy or overwrite ask for it.
	Fresh bool
}

// List returns the sets, newest first. See list.go for what may be cached.
func (s *Store) List(ctx context.Context, f Filter) ([]Set, error) {
	return nil, errors.ErrUnsupported
}

// DB is a database that has sets in the bucket.
type DB struct {
	Name string `json:"db_name"`
	DBID int64  `json:"dbid"`
}

// Databases lists the databases that have committed a set, by name.
func (s *Store) Databases(ctx context.Context) ([]DB, error) {
	return nil, errors.ErrUnsupported
}

// Manifest returns the manifest of a committed set, from the local cache when
// it is there: manifests never change. The result is valid in the sense of
// Validate. Errors: ErrNotFound, ErrFormat, ErrCorrupt.
func (s *Store) Manifest(ctx context.Context, set Set) (*Manifest, error) {
	return nil, errors.ErrUnsupported
}

// Find returns the row of the committed set with this id, asking the bucket.
// ErrNotFound when there is none.
func (s *Store) Find(ctx context.Context, setID string) (Set, error) {
	return Set{}, errors.ErrUnsupported
}

// PutRequest asks for one piece to be uploaded.
type PutRequest struct {
	Path       string // a regular file that nobody writes any more
	Key        string // from PieceKey
	ExpectSize int64  // bytes; 0: whatever the file has
	// ResumeFile, when not empty, is where a multipart upload is journalled;
	// with it a later PutPiece of the same file goes on where this one
	// stopped, even after kill -9. Removed on success.
	ResumeFile string
	// Progress is called with the bytes confirmed or on the wire so far, from
	// several goroutines, never more often than a few times a second a part.
	Progress func(doneBytes int64)
}

// PutResult says what was stored and confirmed.
type PutResult struct {
	Bytes       int64
	CRC64NVME   string // base64, as manifests have it
	SHA256      string // base64; only with Options.Checksum sha256
	ETag        string
	Parts       int
	Retries     int
	ResentBytes int64 // sent more than once, because of retries or a resumed upload
	Accepted    bool  // the object was there already with this content
}

// PutPiece uploads a file and returns after the store has confirmed size and
// checksum. It never overwrites: ErrExists when the key holds other content.
// ErrChanged when the file changed meanwhile. After any other error the same
// call may be made again.
func (s *Store) PutPiece(ctx context.Context, r PutRequest) (PutResult, error) {
	return PutResult{}, errors.ErrUnsupported
}

// Commit makes the set exist: the manifest is validated, created under its key
// and read back. It succeeds when the same manifest is already there, and
// fails with ErrExists when the set is committed with other content; then
// Find and Manifest tell which.
func (s *Store) Commit(ctx context.Context, m *Manifest) (key string, err error) {
	return "", errors.ErrUnsupported
}

// GetRequest asks for one piece to be downloaded.
type GetRequest struct {
	Piece    Piece
	Path     string // where it shall be; <Path>.part and <Path>.part.ranges while it comes
	Progress func(doneBytes int64)
}

// GetPiece downloads a piece and returns when Path holds bytes that agree with
// the manifest in size and checksum. An intact file at Path is accepted
// without a download; an interrupted download goes on. *CorruptError when the
// object itself is not what the manifest says.
func (s *Store) GetPiece(ctx context.Context, r GetRequest) error {
	return errors.ErrUnsupported
}

// VerifyOptions says how thoroughly.
type VerifyOptions struct {
	Deep     bool // read and hash every byte
	Progress func(doneBytes int64)
}

// Fault is one object that is not as its manifest says.
type Fault struct {
	Key  string `json:"key"`
	Want string `json:"want,omitempty"`
	Have string `json:"have,omitempty"`
}

// Report is the outcome of Verify.
type Report struct {
	SetID   string  `json:"set_id"`
	OK      int     `json:"ok"` // pieces whose size and checksum agree
	Bytes   int64   `json:"bytes"`
	Missing []Fault `json:"missing,omitempty"`
	Corrupt []Fault `json:"corrupt,omitempty"`
	// Surplus are objects in the set's folder that the manifest does not name.
	Surplus []string `json:"surplus,omitempty"`
	// SizeOnly are pieces of which the store keeps no checksum: only a deep
	// verification says more.
	SizeOnly []string `json:"size_only,omitempty"`
}

// Intact reports whether nothing is missing or corrupt.
func (r Report) Intact() bool { return len(r.Missing) == 0 && len(r.Corrupt) == 0 }

// Verify compares every object of a set with its manifest, the manifest
// itself included.
func (s *Store) Verify(ctx context.Context, m *Manifest, o VerifyOptions) (Report, error) {
	return Report{}, errors.ErrUnsupported
}

// Leftover is a set folder without a manifest.
type Leftover struct {
	SetID   string
	DBName  string
	Started time.Time
	Newest  time.Time // last modification of its newest object
	Keys    []string
	Bytes   int64
}

// Leftovers lists the set folders without a manifest whose newest object is
// older than that.
func (s *Store) Leftovers(ctx context.Context, olderThan time.Duration) ([]Leftover, error) {
	return nil, errors.ErrUnsupported
}

// RemovePieces deletes the objects of a set that was not committed and
// returns how many. ErrCommitted when it was.
func (s *Store) RemovePieces(ctx context.Context, setID string, started time.Time) (int, error) {
	return 0, errors.ErrUnsupported
}

// DropObjects deletes objects that no manifest names; ErrCommitted and nothing
// deleted when a manifest names one, or when a key is not that of a piece.
func (s *Store) DropObjects(ctx context.Context, keys []string) error {
	return errors.ErrUnsupported
}

// AbortUploads aborts multipart uploads begun longer ago than olderThan, those
// of one set when setID is not empty, and returns how many. Some stores list
// uploads by exact key only: there use AbortResume with the journal.
func (s *Store) AbortUploads(ctx context.Context, setID string, olderThan time.Duration) (int, error) {
	return 0, errors.ErrUnsupported
}

// AbortResume aborts the upload that a ResumeFile journals and removes the
// file. It is no error when the upload is gone.
func (s *Store) AbortResume(ctx context.Context, resumeFile string) error {
	return errors.ErrUnsupported
}

// Close releases idle connections.
func (s *Store) Close() {}
