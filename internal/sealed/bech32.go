package sealed

import "strings"

const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// secretText writes 32 secret bytes as age writes a private key (bech32, BIP 173). age makes random keys only; the
// demo needs the same ones each time.
func secretText(secret []byte) string {
	const prefix = "age-secret-key-"
	data := fives(secret)
	var b strings.Builder
	b.WriteString(prefix + "1")
	for _, v := range append(data, checksum(prefix, data)...) {
		b.WriteByte(bech32Letters[v])
	}
	return strings.ToUpper(b.String())
}

// fives are bytes cut into groups of five bits, the last filled with zeros.
func fives(in []byte) []byte {
	var out []byte
	acc, bits := 0, 0
	for _, v := range in {
		acc, bits = acc<<8|int(v), bits+8
		for bits >= 5 {
			bits -= 5
			out = append(out, byte(acc>>bits&31))
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits)&31))
	}
	return out
}

func checksum(prefix string, data []byte) []byte {
	var all []byte
	for i := range len(prefix) {
		all = append(all, prefix[i]>>5)
	}
	all = append(all, 0)
	for i := range len(prefix) {
		all = append(all, prefix[i]&31)
	}
	all = append(append(all, data...), 0, 0, 0, 0, 0, 0)
	mod := polymod(all) ^ 1
	out := make([]byte, 6)
	for i := range out {
		out[i] = byte(mod >> (5 * (5 - i)) & 31)
	}
	return out
}

func polymod(values []byte) uint32 {
	chk := uint32(1)
	for _, v := range values {
		top := chk >> 25
		chk = (chk&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range []uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				chk ^= g
			}
		}
	}
	return chk
}
