package check

// What tests need to damage a file and mend its checksums afterwards.
var (
	CRC       = crc
	Signature = signature
	Decode    = decode
	Stored    = stored
	Permute   = &permute
)
