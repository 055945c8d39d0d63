package s3store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A resume file is a line that says which upload of which file it is, and a
// line for each part that the store has taken. It is a hint, never a proof:
// every part is hashed again from the file before it is left out.

const (
	journalVersion = 1
	maxJournal     = 8 << 20
)

// journalHead is the first line of a resume file.
type journalHead struct {
	Version  int    `json:"v"`
	Bucket   string `json:"bucket"`
	Key      string `json:"key"`
	UploadID string `json:"upload_id"`
	PartSize int64  `json:"part_size"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // of the file, nanoseconds
}

// donePart is a part that the store has taken.
type donePart struct {
	Number int    `json:"n"`
	CRC    string `json:"crc,omitempty"` // CRC64NVME; empty when unknown
	ETag   string `json:"etag"`
}

// is reports whether the part as read now is the one that the store has.
func (d donePart) is(p part) bool {
	if p.md5 != nil && unquoted(d.ETag) == hex.EncodeToString(p.md5) {
		return true
	}
	return d.CRC != "" && d.CRC == crcText(p.crc)
}

// unquoted is an ETag as it is compared: some stores leave the quotes out of
// some answers.
func unquoted(etag string) string { return strings.Trim(etag, `"`) }

// journal appends to a resume file. A nil journal does nothing.
type journal struct {
	mu sync.Mutex
	f  *os.File
}

func startJournal(path string, h journalHead) (*journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	j := &journal{f: f}
	// The upload's id is worth a sync: without it the parts are orphans.
	if err := errors.Join(j.write(h), f.Sync()); err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

func reopenJournal(path string) (*journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	// A torn last line must not swallow the next.
	if _, err := f.Write([]byte("\n")); err != nil {
		f.Close()
		return nil, err
	}
	return &journal{f: f}, nil
}

func (j *journal) write(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = j.f.Write(append(line, '\n'))
	return err
}

func (j *journal) add(p donePart) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.write(p)
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.f.Close()
}

func (j *journal) remove() {
	_ = j.f.Close()
	_ = os.Remove(j.f.Name())
}

// head describes this upload.
func (m *mpu) head() journalHead {
	return journalHead{
		Version: journalVersion, Bucket: m.s.opt.Bucket, Key: m.r.Key, UploadID: m.id,
		PartSize: m.partSize, Size: m.whole.size, Modified: m.begin.ModTime().UnixNano(),
	}
}

// readJournal reads a resume file. A torn or strange line is skipped: its part
// is sent again. ok is false when there is no head to go by.
func readJournal(path string) (journalHead, map[int]donePart, bool) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return journalHead{}, nil, false
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxJournal))
	if err != nil {
		return journalHead{}, nil, false
	}
	return parseJournal(b)
}

func parseJournal(b []byte) (h journalHead, done map[int]donePart, ok bool) {
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 64<<10)
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &h) != nil || !h.valid() {
		return h, nil, false
	}
	done = map[int]donePart{}
	for lines.Scan() {
		var d donePart
		if json.Unmarshal(lines.Bytes(), &d) != nil || d.Number < 1 || d.Number > DefaultMaxParts || hasControl(d.ETag) {
			continue
		}
		if _, ok := parseCRC(d.CRC); ok {
			done[d.Number] = d
		}
	}
	return h, done, true
}

func (h journalHead) valid() bool {
	return h.Version == journalVersion && h.UploadID != "" && len(h.UploadID) <= 2048 &&
		!hasControl(h.UploadID+h.Key+h.Bucket) && h.PartSize > 0 && h.PartSize <= maxPart && h.Size > 0
}

// resume takes up the upload that the resume file names. When that cannot be,
// m.id stays empty and a new upload begins.
func (m *mpu) resume(ctx context.Context) error {
	if m.r.ResumeFile == "" {
		return nil
	}
	h, done, ok := readJournal(m.r.ResumeFile)
	if !ok || h.Bucket != m.s.opt.Bucket || h.Key != m.r.Key {
		return nil
	}
	if h.Size != m.whole.size || h.Modified != m.begin.ModTime().UnixNano() {
		m.s.abort(ctx, h.Key, h.UploadID) // of another file under this name
		return nil
	}
	listed, err := m.s.listParts(ctx, h.Key, h.UploadID)
	switch {
	case errors.Is(err, errNoUpload), errors.Is(err, ErrNotFound):
		return nil
	case errors.Is(err, errUnsupported):
		m.s.abort(ctx, h.Key, h.UploadID)
		return nil
	case err != nil:
		return err
	}
	m.id, m.partSize = h.UploadID, h.PartSize
	m.old = agreed(listed, done, h)
	m.journal, err = reopenJournal(m.r.ResumeFile)
	return err
}

// listedPart is a part as the store lists it.
type listedPart struct {
	donePart
	size int64
}

func (s *Store) listParts(ctx context.Context, key, id string) ([]listedPart, error) {
	var parts []listedPart
	in := &s3.ListPartsInput{Bucket: s.bucket(), Key: &key, UploadId: &id}
	for {
		var out *s3.ListPartsOutput
		err := s.call(ctx, subject{"list parts", key}, func(ctx context.Context) (err error) {
			out, err = s.api.ListParts(ctx, in)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, p := range out.Parts {
			parts = append(parts, listedPart{size: aws.ToInt64(p.Size), donePart: donePart{
				Number: int(aws.ToInt32(p.PartNumber)), ETag: aws.ToString(p.ETag), CRC: aws.ToString(p.ChecksumCRC64NVME),
			}})
		}
		next := aws.ToString(out.NextPartNumberMarker)
		if !aws.ToBool(out.IsTruncated) || next == "" || next == aws.ToString(in.PartNumberMarker) {
			return parts, nil
		}
		if len(parts) > DefaultMaxParts {
			return nil, fmt.Errorf("%w: the store lists more than %d parts", ErrInvalid, DefaultMaxParts)
		}
		in.PartNumberMarker = &next
	}
}

// agreed are the parts that the store has in full. Their checksum is the
// store's own where it tells one; else the journal's, when the ETag is still
// the same.
func agreed(listed []listedPart, done map[int]donePart, h journalHead) map[int]donePart {
	old := map[int]donePart{}
	for _, l := range listed {
		if l.size != min(h.PartSize, h.Size-int64(l.Number-1)*h.PartSize) {
			continue
		}
		if j, ok := done[l.Number]; ok && l.CRC == "" && unquoted(j.ETag) == unquoted(l.ETag) {
			l.CRC = j.CRC
		}
		old[l.Number] = l.donePart
	}
	return old
}

// AbortResume aborts the upload that a ResumeFile journals and removes the
// file. It is no error when the upload or the file is gone.
func (s *Store) AbortResume(ctx context.Context, resumeFile string) error {
	h, _, ok := readJournal(resumeFile)
	if ok && h.Bucket == s.opt.Bucket && s.isPieceKey(h.Key) {
		if err := s.abortUpload(ctx, h.Key, h.UploadID); err != nil {
			return err
		}
	}
	if err := os.Remove(resumeFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
