// Package s3store keeps backup sets in an S3 bucket: it lists them, puts and
// gets pieces, commits manifests, verifies and removes. It is the only package
// that knows the AWS SDK; its errors are its own.
//
// What it guarantees:
//
//   - A set exists when its manifest exists. The manifest is written last, once,
//     by a conditional create, and read back; it names only objects under the
//     prefix. Objects without a manifest are leftovers and may be removed;
//     nothing that a manifest names is removed here.
//   - No object is overwritten. A key that holds the same content is accepted,
//     one that holds another is an error.
//   - PutPiece returns after the store has confirmed what was read from the
//     file, by a proof that does not rest on the store's word alone; see
//     Capabilities. GetPiece leaves a file under its name only when its bytes
//     agree with the manifest.
//   - A request that may succeed later is made again, for RetryBudget; one that
//     cannot is not. A transfer that was interrupted, by kill -9 too, goes on
//     where it stopped, without believing what it finds.
//   - Memory is bounded by Options.Concurrency times the size of a part, 8 MiB,
//     whatever the size and number of pieces.
//
// What may be lost: after kill -9 the parts in flight are sent again; a
// multipart upload begun in the very moment of the kill stays at the store
// until AbortUploads. CacheDir may be deleted at any time.
package s3store
