package oradb

import (
	"encoding/binary"
	"hash/crc32"
)

// BlockSize is the size of a datafile block in bytes.
const BlockSize = 8192

// A block: type, version, file#, block#, SCN, checksum, payload, and a tail that
// repeats the SCN's low bits and the type so that a torn block is seen. A block
// of zeros was never used.
const (
	blockData   = 0x06
	blockHeader = 0x0b

	offFile    = 4
	offBlock   = 8
	offSCN     = 16
	offCheck   = 24
	blockStart = 32 // payload
	blockTail  = BlockSize - 4

	// PayloadSize is the number of bytes of a block that changes may touch.
	PayloadSize = blockTail - blockStart
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func blockSCN(b []byte) SCN { return SCN(binary.LittleEndian.Uint64(b[offSCN:])) }

// blockUsed is false for a block that was never written.
func blockUsed(b []byte) bool { return b[0] != 0 }

// sealBlock writes header, checksum and tail around the payload.
func sealBlock(b []byte, kind byte, file int, number uint32, scn SCN) {
	b[0], b[1] = kind, 0xa2
	binary.LittleEndian.PutUint32(b[offFile:], uint32(file))
	binary.LittleEndian.PutUint32(b[offBlock:], number)
	binary.LittleEndian.PutUint64(b[offSCN:], uint64(scn))
	binary.LittleEndian.PutUint32(b[blockTail:], tailOf(scn, kind))
	binary.LittleEndian.PutUint32(b[offCheck:], blockSum(b))
}

// blockSum is the checksum of a block without its checksum field; it does not
// touch the block, which other goroutines may be reading.
func blockSum(b []byte) uint32 {
	sum := crc32.Checksum(b[:offCheck], castagnoli)
	return crc32.Update(sum, castagnoli, b[offCheck+4:])
}

// blockFault says what is wrong with a block of the file, empty when nothing is.
// A block of zeros is right anywhere.
func blockFault(b []byte, file int, number uint32) string {
	if !blockUsed(b) {
		for _, c := range b {
			if c != 0 {
				return "not zero but without a type"
			}
		}
		return ""
	}
	want := binary.LittleEndian.Uint32(b[offCheck:])
	got := blockSum(b)
	switch {
	case got != want:
		return "bad checksum"
	case binary.LittleEndian.Uint32(b[offBlock:]) != number:
		return "another block's number"
	case binary.LittleEndian.Uint32(b[offFile:]) != uint32(file):
		return "another file's number"
	}
	return ""
}

// fractured tells whether head and tail are of different versions, as they are
// when a process was killed between the two pages of memory that hold a block.
func fractured(b []byte) bool {
	return blockUsed(b) && binary.LittleEndian.Uint32(b[blockTail:]) != tailOf(blockSCN(b), b[0])
}

func tailOf(scn SCN, kind byte) uint32 { return uint32(scn)<<8 | uint32(kind) }

// CheckBlock tells whether the bytes are a sound block of the file.
func CheckBlock(b Block, file int) error {
	if len(b.Data) != BlockSize {
		return Ora(19599, "block number %d is corrupt in backup piece", b.Number)
	}
	if fault := blockFault(b.Data, file, b.Number); fault != "" {
		return Ora(19599, "block number %d is corrupt in backup piece (%s)", b.Number, fault)
	}
	return nil
}
