package s3store

import (
	"errors"
	"fmt"
	"strings"
)

// Kinds of failure. Branch on them with errors.Is.
var (
	ErrNoBucket     = errors.New("the bucket does not exist")
	ErrDenied       = errors.New("access denied")
	ErrExpiredToken = errors.New("the credentials have expired")
	ErrClockSkew    = errors.New("this host's clock is wrong")
	ErrRegion       = errors.New("the bucket is in another region")
	ErrTLS          = errors.New("the server's certificate is not trusted")
	ErrResolve      = errors.New("the host name cannot be resolved")
	ErrUnreachable  = errors.New("the store cannot be reached")
	ErrUnavailable  = errors.New("the store failed to answer properly")
	ErrThrottled    = errors.New("the store asks to slow down")
	ErrQuota        = errors.New("the store is full")
	ErrNotFound     = errors.New("not found")
	ErrArchived     = errors.New("the object is in an archive class")
	ErrExists       = errors.New("exists already with other content")
	ErrCommitted    = errors.New("belongs to a committed set")
	ErrCorrupt      = errors.New("content is not what was written")
	ErrChanged      = errors.New("the file changed while it was read")
	ErrFormat       = errors.New("not in a format that this version reads")
	ErrInvalid      = errors.New("the store does not accept the request")
)

// Error is every failure that leaves this package, except those of local files
// (*fs.PathError) and of a context. It carries no secret and no SDK type.
type Error struct {
	Op     string // what was attempted: "put piece", "list sets" …
	Bucket string
	Key    string // empty when the bucket itself is meant
	Kind   error  // one of the sentinels above, or nil
	Remedy string // what to do next
	Err    error  // the reason in the store's words
}

// Error says what failed, why, and what to do next.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s s3://%s/%s: ", e.Op, e.Bucket, e.Key)
	switch {
	case e.Kind != nil && e.Err != nil:
		fmt.Fprintf(&b, "%v (%v)", e.Kind, e.Err)
	case e.Kind != nil:
		fmt.Fprint(&b, e.Kind)
	default:
		fmt.Fprint(&b, e.Err)
	}
	if e.Remedy != "" {
		fmt.Fprintf(&b, "; %s", e.Remedy)
	}
	return b.String()
}

// Unwrap lets errors.Is find the kind and, behind it, a context's or a local
// file's error.
func (e *Error) Unwrap() []error {
	var errs []error
	for _, err := range []error{e.Kind, e.Err} {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// CorruptError says that an object in the bucket is not what its manifest
// says; fetching it again did not help. errors.Is(err, ErrCorrupt) holds.
type CorruptError struct {
	Key        string
	Want, Have string // "size …" or "CRC64NVME …"
}

// Error names the object and the difference.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("object %s is corrupt: manifest says %s, the bucket holds %s; restore from another set, and find out who changed the bucket",
		e.Key, e.Want, e.Have)
}

// Is reports that a CorruptError is of kind ErrCorrupt.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }
