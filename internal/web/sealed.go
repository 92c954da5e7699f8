package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"danvan/internal/access"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sealed"
)

// sealedRoutes are the pages of denouncers' identities, of their keys, and of the confidential unit.
func (s *server) sealedRoutes() []route {
	const take, open, keep, hold, read = access.RecordLetters, access.OpenIdentity, access.KeepKeys, access.HoldKey, access.ReadDenunciations
	return []route{
		{"GET /to-cao", read, onScope, s.denunciationBook},
		{"GET /to-cao/{id}/danh-tinh", take, onEntry, s.identityPage},
		{"GET /to-cao/{id}/danh-tinh/khoa-cong-khai.json", take, onEntry, s.identityRing},
		{"POST /to-cao/{id}/danh-tinh", take, onEntry, s.identityDeposit},
		{"POST /to-cao/{id}/danh-tinh/xin-mo", open, onEntry, s.identityAsk},
		{"POST /to-cao/{id}/danh-tinh/nhan", open, onEntry, s.identityFetch},
		{"POST /to-cao/{id}/danh-tinh/niem-phong-lai", open, onEntry, s.identityReseal},

		{"GET /to-cao/khoa", hold, nil, s.keyPage},
		{"POST /to-cao/khoa", hold, nil, s.keyRegister},
		{"GET /to-cao/khoa/cau-thu", hold, nil, s.keyChallenge},
		{"POST /to-cao/khoa/thu", hold, nil, s.keyProve},
		{"POST /to-cao/khoa/doi-chieu", hold, nil, s.keyConfirm},
		{"POST /to-cao/khoa/mat", hold, nil, s.keyLost},
		{"GET /to-cao/khoa/yeu-cau/{n}", keep, onOpening, s.requestPage},
		{"GET /to-cao/khoa/yeu-cau/{n}/phong-bi", keep, onOpening, s.requestFile},
		{"POST /to-cao/khoa/yeu-cau/{n}/mo", keep, onOpening, s.requestRelease},
		{"POST /to-cao/khoa/yeu-cau/{n}/tu-choi", keep, onOpening, s.requestRefuse},
		{"GET /to-cao/khoa/niem-phong-lai", hold, nil, s.recloseList},
		{"GET /to-cao/khoa/niem-phong-lai/ho-so.json", keep, nil, s.recloseBundle},
		{"POST /to-cao/khoa/niem-phong-lai", keep, nil, s.reclose},

		{"GET /to-cao/so-mo", access.ReadLog, nil, s.openingLog},
		{"GET /quan-tri/khoa", access.ReadLog, nil, s.officeKeys},
		{"POST /quan-tri/khoa/bat", access.RunSystem, nil, s.officeOn},
		{"POST /quan-tri/khoa/tat", access.RunSystem, nil, s.officeOff},
		{"POST /quan-tri/khoa/thoi", access.RunSystem, nil, s.officeKeyEnd},
	}
}

// sealedScripts are loaded by the pages on which something is sealed or opened, and by no other.
var sealedScripts = []string{"age.js", "sealed.js"}

// sealedNow is the moment of an act. A page's day is the installation's; requests run out by the clock.
func sealedNow() time.Time { return time.Now() }

func sealedBy(ctx context.Context) sealed.By {
	v := viewer(ctx)
	return sealed.By{Account: v.Account, Login: v.Login, At: sealedNow()}
}

const denunciationClass = "denunciation"

// sealedCase is the case of a denunciation, with the office that keeps its identity.
type sealedCase struct {
	sealed.Case
	Office *sealed.Approval // nil: on paper
	Name   string           // of the office
	Ring   sealed.Ring
	State  string
}

// sealedCase reads the case in the path, which must be a denunciation.
func (s *server) sealedCase(r *http.Request) (*sealedCase, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	return s.sealedCaseOf(r.Context(), id)
}

func (s *server) sealedCaseOf(ctx context.Context, id int64) (*sealedCase, error) {
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if !petition.IsCase(e.Kind) {
		return nil, notDenunciation
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return nil, err
	}
	if c.Class != denunciationClass {
		return nil, notDenunciation
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &sealedCase{Case: sealed.Case{Entry: id, Code: caseCode(c), Unit: c.Unit}, State: c.State().Name()}
	if v.Office, err = sealed.Office(ctx, s.DB.Read(), tree.Chain(c.Unit, s.Today())); err != nil || v.Office == nil {
		return v, err
	}
	v.Name = tree.NameOn(v.Office.Unit, s.Today())
	v.Ring, err = sealed.RingOf(ctx, s.DB.Read(), v.Office.Unit)
	return v, err
}

var notDenunciation = fault.New(fault.NotFound, "Trang này chỉ dành cho hồ sơ tố cáo. Hãy mở từ danh sách tố cáo.")

// caseCode is how a case is called where its number in the ledger would say too much; older entries have none.
func caseCode(c *petition.Case) string { return or(c.Code, "TC-"+strconv.FormatInt(c.Entry, 10)) }

// Online reports whether identities of this case are kept here, and can be sealed now.
func (c *sealedCase) Online() bool { return c.Office != nil }

// onOpening is the office that keeps the record which a request wants opened.
func onOpening(s *server, r *http.Request) (org.UnitID, error) {
	o, err := s.identityRequest(r)
	return o.Unit, err
}

func (s *server) identityRequest(r *http.Request) (sealed.Opening, error) {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return sealed.Opening{}, fault.New(fault.NotFound, "Không có đề nghị mở này. Hãy mở lại từ trang khóa.")
	}
	return sealed.OpeningByID(r.Context(), s.DB.Read(), n)
}

// holderNames are the names of accounts.
func (s *server) holderNames(ctx context.Context) (map[int64]string, error) {
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT id, name, login FROM account`)
	if err != nil {
		return nil, fmt.Errorf("read names of holders: %w", err)
	}
	defer rows.Close()
	out := map[int64]string{}
	for rows.Next() {
		var id int64
		var name, login string
		if err := rows.Scan(&id, &name, &login); err != nil {
			return nil, fmt.Errorf("read names of holders: %w", err)
		}
		out[id] = name + " (" + login + ")"
	}
	return out, rows.Err()
}

func holderName(names map[int64]string, id int64) string {
	return or(names[id], "tài khoản số "+strconv.FormatInt(id, 10))
}

// sealedFile reads the text of an age file from a form and says in the form what is wrong with it.
func sealedFile(f *form, name string) []byte {
	b, err := sealed.Unarmor(f.get(name))
	if err != nil {
		f.say(name, fault.Say(err))
	}
	return b
}

// writeDownload sends a file that is not kept by caches.
func writeDownload(w http.ResponseWriter, name, kind string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", attachmentNamed(name))
	h.Set("Cache-Control", "no-store")
	_, err := w.Write(body)
	return err
}

// heldOffices are the offices in which the viewer may hold a key, and which half.
func (s *server) heldOffices(ctx context.Context) (map[org.UnitID]sealed.Half, error) {
	list, err := sealed.Approvals(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	v, out := viewer(ctx), map[org.UnitID]sealed.Half{}
	for _, a := range list {
		switch {
		case v.May(access.KeepKeys, a.Unit):
			out[a.Unit] = sealed.Custodian
		case v.May(access.OpenIdentity, a.Unit):
			out[a.Unit] = sealed.Officer
		}
	}
	return out, nil
}

func sortedUnits(m map[org.UnitID]sealed.Half) []org.UnitID {
	var out []org.UnitID
	for id := range m {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
