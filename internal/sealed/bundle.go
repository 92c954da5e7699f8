package sealed

import (
	"filippo.io/age"

	"danvan/internal/fault"
)

// Sealing is what a device needs to seal a record: the case's code and the public keys of the ring. The page gives it
// to the browser and, as a file, to the command line.
type Sealing struct {
	Code       string   `json:"code"`
	Mark       string   `json:"mark"` // of the ring
	Officers   []string `json:"officers"`
	Custodians []string `json:"custodians"`
}

// SealingFor is the ring as a device is given it.
func SealingFor(code string, r Ring) Sealing {
	return Sealing{Code: code, Mark: r.Mark(), Officers: Recipients(r.Officers), Custodians: Recipients(r.Custodians)}
}

// Bundle is a number of records whose outer layer is to be closed anew, or was.
type Bundle struct {
	Mark       string     `json:"mark"`
	Custodians []string   `json:"custodians"`
	Records    []Enclosed `json:"records"`
}

// Enclosed is one of them. Body is an age file, in JSON as base64.
type Enclosed struct {
	Entry   int64  `json:"entry"`
	Code    string `json:"code"`
	Version int    `json:"version"`
	Body    []byte `json:"body"`
}

// Close takes the outer layer of each record off with a key and closes it anew for the custodians of the bundle.
// failed are the codes of records that the key does not open.
func (b Bundle) Close(key age.Identity) (done Bundle, failed []string, err error) {
	done = Bundle{Mark: b.Mark, Custodians: b.Custodians}
	for _, r := range b.Records {
		inner, err := OpenOuter(r.Body, key)
		if fault.KindOf(err) == fault.Denied {
			failed = append(failed, r.Code)
			continue
		}
		if err != nil {
			return done, failed, err
		}
		if r.Body, err = Close(inner, b.Custodians); err != nil {
			return done, failed, err
		}
		done.Records = append(done.Records, r)
	}
	return done, failed, nil
}
