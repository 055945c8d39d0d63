package s3store

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// single uploads a file of at most one part.
func (u *upload) single(ctx context.Context) error {
	if !u.caps.ConditionalCreate {
		if there, err := u.present(ctx, u.s.opt.part); there || err != nil {
			return err
		}
	}
	err := u.sendWhole(ctx)
	if errors.Is(err, errPrecondition) {
		u.accepted = u.retries.Load() == 0 // else it may be what a lost answer was about
		there, err := u.compare(ctx)
		if !there && err == nil {
			err = u.failed(ErrUnavailable, errors.New("the object came and went"))
		}
		return err
	}
	if err != nil {
		return err
	}
	return u.confirmed(ctx)
}

// sendWhole reads the file into a buffer and puts it.
func (u *upload) sendWhole(ctx context.Context) error {
	if err := u.s.slots.acquire(ctx); err != nil {
		return err
	}
	defer u.s.slots.release()
	buf := u.s.buffers.get()
	defer u.s.buffers.put(buf)
	h := u.newHashes()
	p, err := u.readPart(1, 0, u.whole.size, buf, h)
	if err != nil {
		return err
	}
	u.whole, u.parts = h.content(u.whole.size, false), 1
	if err := u.unchanged(); err != nil {
		return err
	}
	return u.send(ctx, p, u.putObject(p))
}

// confirmed has the store confirm what was uploaded.
func (u *upload) confirmed(ctx context.Context) error {
	h, err := u.s.confirm(ctx, u.r.Key, u.whole)
	u.etag = h.etag
	return err
}

// putObject is the request for an object put at once.
func (u *upload) putObject(p part) func(context.Context) error {
	o := u.s.opt
	in := &s3.PutObjectInput{
		Bucket: u.s.bucket(), Key: &u.r.Key, ContentLength: &p.size, Body: emptyBody(),
		StorageClass:         types.StorageClass(o.StorageClass),
		ServerSideEncryption: types.ServerSideEncryption(o.SSE), SSEKMSKeyId: str(o.SSEKMSKeyID),
		ChecksumCRC64NVME: u.crcHeader(p.crc), ContentMD5: p.md5Header(),
	}
	if u.caps.ConditionalCreate {
		in.IfNoneMatch = aws.String("*")
	}
	u.s.locked(func(mode types.ObjectLockMode, until time.Time) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = mode, &until
	})
	return func(ctx context.Context) error {
		_, err := u.s.api.PutObject(ctx, in, unsigned)
		return err
	}
}

func (u *upload) crcHeader(crc uint64) *string {
	if !u.caps.ChecksumAccepted {
		return nil
	}
	return str(crcText(crc))
}
