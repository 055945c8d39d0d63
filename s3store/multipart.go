package s3store

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

// completeTimeout is how long a store may take to join the parts before it
// answers; some copy them.
const completeTimeout = 15 * time.Minute

// mpu is a multipart upload under way.
type mpu struct {
	*upload
	id       string
	partSize int64
	count    int
	journal  *journal         // nil without a ResumeFile
	old      map[int]donePart // parts that the journal and the store know

	mu   sync.Mutex // guards done
	sent []types.CompletedPart
}

// multipart uploads a file in parts. What cannot be resumed is aborted at the
// store, even when the caller's context has ended.
func (u *upload) multipart(ctx context.Context) error {
	m := &mpu{upload: u}
	var err error
	if m.partSize, err = partSize(u.whole.size, u.s.opt.part, u.s.opt.MaxParts); err != nil {
		return u.failed(ErrInvalid, err)
	}
	if err := m.resume(ctx); err != nil {
		return err
	}
	if m.id == "" {
		if there, err := m.present(ctx, m.partSize); there || err != nil {
			if there && m.r.ResumeFile != "" {
				_ = os.Remove(m.r.ResumeFile)
			}
			return err
		}
		if err := m.create(ctx); err != nil {
			return err
		}
	}
	err = m.transfer(ctx)
	if m.keep(err) {
		return errors.Join(err, m.journal.close())
	}
	m.abandon(ctx, err)
	return err
}

// keep tells whether the upload stays at the store to be resumed.
func (m *mpu) keep(err error) bool {
	if err == nil || m.journal == nil {
		return false
	}
	return !errors.Is(err, ErrChanged) && !errors.Is(err, ErrExists) && !errors.Is(err, ErrCorrupt) &&
		!errors.Is(err, errDiffers) && !errors.Is(err, ErrInvalid) && !errors.Is(err, errNoUpload)
}

// abandon removes the journal and, after a failure, the upload.
func (m *mpu) abandon(ctx context.Context, err error) {
	if err != nil {
		m.s.abort(ctx, m.r.Key, m.id)
	}
	if m.journal != nil {
		m.journal.remove()
	}
}

func (m *mpu) create(ctx context.Context) error {
	o := m.s.opt
	in := &s3.CreateMultipartUploadInput{
		Bucket: m.s.bucket(), Key: &m.r.Key, StorageClass: types.StorageClass(o.StorageClass),
		ServerSideEncryption: types.ServerSideEncryption(o.SSE), SSEKMSKeyId: str(o.SSEKMSKeyID),
	}
	if m.caps.ChecksumAccepted {
		in.ChecksumAlgorithm = types.ChecksumAlgorithmCrc64nvme
		in.ChecksumType = types.ChecksumTypeFullObject
	}
	m.s.locked(func(mode types.ObjectLockMode, until time.Time) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = mode, &until
	})
	tries := 0
	err := m.s.call(ctx, subject{"put piece", m.r.Key}, func(ctx context.Context) error {
		tries++
		out, err := m.s.api.CreateMultipartUpload(ctx, in)
		if err == nil {
			m.id = aws.ToString(out.UploadId)
		}
		return err
	})
	if err == nil && tries > 1 {
		m.s.abortOthers(ctx, m.r.Key, m.id) // one whose answer was lost
	}
	if err != nil || m.r.ResumeFile == "" {
		return err
	}
	if m.journal, err = startJournal(m.r.ResumeFile, m.head()); err != nil {
		m.s.abort(ctx, m.r.Key, m.id)
	}
	return err
}

// transfer sends the parts that are not there, completes and confirms.
func (m *mpu) transfer(ctx context.Context) error {
	if err := m.sendParts(ctx); err != nil {
		return err
	}
	if err := m.unchanged(); err != nil {
		return err
	}
	if err := m.complete(ctx); err != nil {
		return err
	}
	return m.confirmed(ctx)
}

// sendParts reads the file once, in order, and sends as many parts at a time
// as there are slots.
func (m *mpu) sendParts(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	h := m.newHashes()
	for off := int64(0); off < m.whole.size; off += m.partSize {
		m.count++
		if err := m.startPart(gctx, g, m.count, off, h); err != nil {
			g.Go(func() error { return err })
			break
		}
	}
	if err := g.Wait(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	m.whole, m.parts = h.content(m.whole.size, true), m.count
	return nil
}

// startPart reads a part and has it sent unless the store has it already.
func (m *mpu) startPart(ctx context.Context, g *errgroup.Group, n int, off int64, h *hashes) error {
	if err := m.s.slots.acquire(ctx); err != nil {
		return err
	}
	size := min(m.partSize, m.whole.size-off)
	buffers := m.s.buffers
	if size > int64(buffers.size) {
		buffers = m.s.chunks
	}
	buf := buffers.get()
	giveBack := func() {
		buffers.put(buf)
		m.s.slots.release()
	}
	p, err := m.readPart(n, off, size, buf, h)
	if err != nil {
		giveBack()
		return err
	}
	if old, ok := m.old[n]; ok && old.is(p) {
		giveBack()
		m.progress(size)
		m.add(p, old.ETag)
		return nil
	}
	g.Go(func() error {
		defer giveBack()
		return m.sendPart(ctx, p)
	})
	return nil
}

func (m *mpu) sendPart(ctx context.Context, p part) error {
	in := &s3.UploadPartInput{
		Bucket: m.s.bucket(), Key: &m.r.Key, UploadId: &m.id, PartNumber: new(int32(p.number)),
		ContentLength: &p.size, Body: emptyBody(), ChecksumCRC64NVME: m.crcHeader(p.crc), ContentMD5: p.md5Header(),
	}
	var etag string
	err := m.send(ctx, p, func(ctx context.Context) error {
		out, err := m.s.api.UploadPart(ctx, in, unsigned)
		if err == nil {
			etag = aws.ToString(out.ETag)
		}
		return err
	})
	if err != nil {
		return err
	}
	if m.partSize > m.s.opt.part {
		forget(m.f, p.off, p.size)
	}
	m.add(p, etag)
	return m.journal.add(donePart{Number: p.number, CRC: crcText(p.crc), ETag: etag})
}

func (m *mpu) add(p part, etag string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, types.CompletedPart{
		PartNumber: new(int32(p.number)), ETag: new(etag), ChecksumCRC64NVME: m.crcHeader(p.crc),
	})
}

// complete joins the parts. An answer may have been lost: then the upload is
// gone or the object there, and what counts is what confirm finds.
func (m *mpu) complete(ctx context.Context) error {
	slices.SortFunc(m.sent, func(a, b types.CompletedPart) int { return cmp.Compare(*a.PartNumber, *b.PartNumber) })
	in := &s3.CompleteMultipartUploadInput{
		Bucket: m.s.bucket(), Key: &m.r.Key, UploadId: &m.id, MpuObjectSize: &m.whole.size,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: m.sent},
	}
	if m.caps.ChecksumAccepted {
		in.ChecksumCRC64NVME = str(crcText(m.whole.crc))
		in.ChecksumType = types.ChecksumTypeFullObject
	}
	if m.caps.ConditionalCreate {
		in.IfNoneMatch = aws.String("*")
	}
	err := m.s.retryFor(ctx, subject{"complete piece", m.r.Key}, m.s.opt.RetryBudget,
		func() { m.retries.Add(1) },
		m.s.brief(completeTimeout, func(ctx context.Context) error {
			_, err := m.s.api.CompleteMultipartUpload(ctx, in)
			return err
		}))
	if errors.Is(err, errUnsupported) && in.IfNoneMatch != nil {
		return m.completeAlways(ctx, in)
	}
	return m.settled(ctx, err)
}

// completeAlways completes on a store that knows the condition for single
// objects only; present looked before.
func (m *mpu) completeAlways(ctx context.Context, in *s3.CompleteMultipartUploadInput) error {
	in.IfNoneMatch = nil
	err := m.s.retryFor(ctx, subject{"complete piece", m.r.Key}, m.s.opt.RetryBudget, nil,
		m.s.brief(completeTimeout, func(ctx context.Context) error {
			_, err := m.s.api.CompleteMultipartUpload(ctx, in)
			return err
		}))
	return m.settled(ctx, err)
}

// settled looks what a completion that failed left behind.
func (m *mpu) settled(ctx context.Context, err error) error {
	if !errors.Is(err, errNoUpload) && !errors.Is(err, errPrecondition) {
		return err
	}
	there, cmpErr := m.compare(ctx)
	switch {
	case cmpErr != nil:
		return cmpErr
	case !there:
		return m.failed(ErrUnavailable, errors.New("the store lost the multipart upload; the piece is sent anew when tried again"))
	}
	if errors.Is(err, errPrecondition) {
		m.s.abort(ctx, m.r.Key, m.id) // whoever put it, these parts are not needed
	}
	return nil
}
