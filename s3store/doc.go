// Package s3store keeps backup sets in an S3 bucket: it lists them, puts and
// gets pieces, commits manifests, verifies and removes. It is the only package
// that knows the AWS SDK; its errors are its own.
//
// A set exists when its manifest exists. The manifest is written last, once,
// by a conditional create, and read back; it names only pieces whose size and
// checksum S3 confirmed. No object is rewritten in place. Objects without a
// manifest are leftovers and may be removed.
package s3store
