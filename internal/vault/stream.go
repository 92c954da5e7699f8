package vault

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"

	"danvan/internal/fault"
)

// A file is sealed in pieces of streamPiece bytes, each under its number and the last one marked as such, so that
// pieces can be neither exchanged nor cut off, and none is shown before it was found whole.
const (
	streamPiece    = 1 << 20
	streamOverhead = 28
)

func pieceUse(use string, i int, last bool) string {
	use += "/" + strconv.Itoa(i)
	if last {
		use += "/last"
	}
	return use
}

// apart is the number of keys that belong to no case.
const apart = -1 << 62

// Apart is a key that follows from a secret which somebody else holds: what is sealed with it opens with that secret
// alone, and neither with vault.key nor with a case. The secret must be random, 128 bits or more.
func Apart(secret string) (Case, error) {
	sum := sha256.Sum256([]byte("danvan/vault/apart/" + secret))
	return newCase(apart, sum[:])
}

// SealStream seals a whole file.
func (c Case) SealStream(use string, plain []byte) []byte {
	out := make([]byte, 0, len(plain)+(len(plain)/streamPiece+1)*streamOverhead)
	for i := 0; ; i++ {
		n := min(streamPiece, len(plain))
		last := n == len(plain)
		out = append(out, c.Seal(pieceUse(use, i, last), plain[:n])...)
		if plain = plain[n:]; last {
			return out
		}
	}
}

// OpenStream writes the plain text of what SealStream sealed, piece by piece.
func (c Case) OpenStream(use string, r io.Reader, w io.Writer) error {
	buf, next := make([]byte, streamPiece+streamOverhead), make([]byte, streamPiece+streamOverhead)
	n, err := io.ReadFull(r, buf)
	for i := 0; ; i++ {
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			return fault.Wrap(fmt.Errorf("read sealed file: %w", err), fault.Unavailable, "Không đọc được tệp. Hãy thử lại sau ít phút.")
		}
		last, m := err != nil, 0
		var nerr error
		if !last {
			if m, nerr = io.ReadFull(r, next); m == 0 && errors.Is(nerr, io.EOF) {
				last = true
			}
		}
		plain, oerr := c.Open(pieceUse(use, i, last), buf[:n])
		if oerr != nil {
			return oerr
		}
		if _, werr := w.Write(plain); werr != nil || last {
			return werr
		}
		buf, next, n, err = next, buf, m, nerr
	}
}
