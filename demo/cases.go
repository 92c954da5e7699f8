package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/identity"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sealed"
)

// CasesKey is where a database says that the cases of the demo's people were handed out.
const CasesKey = "demo-cases"

// Cases are what MakeCases needs.
type Cases struct {
	DB       *db.DB
	Accounts *identity.Store
	Dossiers *dossier.Book
	Tree     *org.Tree
	Today    civil.Date
}

// people are the accounts that work on letters, by login.
type people map[string]int64

// MakeCases hands the open letters of the demo's offices to the demo's people, and has one office keep identities of
// denouncers under test keys: one opening asked for, one released, one refused, one record empty. It follows the
// accounts, and is done once.
func MakeCases(ctx context.Context, c Cases) error {
	who, err := c.people(ctx)
	if err != nil || who == nil {
		return err
	}
	return c.DB.Write(ctx, func(tx *db.Tx) error {
		if done, err := db.Meta(ctx, tx, CasesKey); err != nil || done != "" {
			return err
		}
		open, err := c.open(ctx, tx)
		if err != nil {
			return err
		}
		if err := c.hand(ctx, tx, who, open); err != nil {
			return err
		}
		if err := c.seal(ctx, tx, who, open); err != nil {
			return fmt.Errorf("sealed identities of the demo: %w", err)
		}
		return db.SetMeta(ctx, tx, CasesKey, c.Today.String())
	})
}

// people reads the accounts, nil where one is missing.
func (c Cases) people(ctx context.Context) (people, error) {
	out := people{}
	for _, login := range []string{"xulydon", "xacminh", "xulydon.cm", "xacminh.cm", "baomat", "giukhoa", "baomat.tt", "giukhoa.tt", "lanhdao", "quantri"} {
		a, err := c.Accounts.ByLogin(ctx, c.DB.Read(), login)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", login, err)
		}
		out[login] = a.ID
	}
	return out, nil
}

// deskCase is a letter of the last months at one of the demo's offices.
type deskCase struct {
	*petition.Case
	office string // code of the body
}

// open are the letters and parts of the demo's offices since the spring.
func (c Cases) open(ctx context.Context, tx *db.Tx) ([]deskCase, error) {
	var out []deskCase
	for _, code := range []string{officeCode + "UBND", otherOffice} {
		u := c.Tree.On(code, c.Today)
		if u == nil {
			continue
		}
		list, err := casesOf(ctx, tx, u.ID, c.Today.AddDays(-240))
		if err != nil {
			return nil, err
		}
		for _, k := range list {
			out = append(out, deskCase{Case: k, office: code})
		}
	}
	return out, nil
}

// casesOf reads the letters of a body received since a day, oldest first.
func casesOf(ctx context.Context, q db.Querier, unit org.UnitID, since civil.Date) ([]*petition.Case, error) {
	rows, err := q.QueryContext(ctx, `SELECT e.id, e.kind, e.unit, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.unit = $1 AND e.kind IN ('petition_letter', 'petition_part') AND e.day >= $2 AND e.state <> 'void' ORDER BY e.id`, unit, since)
	if err != nil {
		return nil, fmt.Errorf("read cases of unit %d: %w", unit, err)
	}
	defer rows.Close()
	var out []*petition.Case
	for rows.Next() {
		var id int64
		var of org.UnitID
		var kind, fields string
		if err := rows.Scan(&id, &kind, &of, &fields); err != nil {
			return nil, fmt.Errorf("read case: %w", err)
		}
		k, err := petition.Of(kind, fields)
		if err != nil {
			return nil, err
		}
		k.Entry, k.Unit = id, of
		out = append(out, k)
	}
	return out, rows.Err()
}

// hand gives open cases to the officer and, where somebody was sent to look, to the verifier. What came in last waits
// for the head of the office to give it to somebody.
func (c Cases) hand(ctx context.Context, tx *db.Tx, who people, list []deskCase) error {
	at := officeDay(c.Today)
	for _, k := range list {
		st := k.State()
		if !st.Open() || st.Stage == petition.Received {
			continue
		}
		officer, verifier := "xulydon", "xacminh"
		if k.office == otherOffice {
			officer, verifier = "xulydon.cm", "xacminh.cm"
		}
		if err := petition.HandTo(ctx, tx, officeChief, k.Entry, petition.Officer, who[officer], at); err != nil {
			return err
		}
		if st.Stage == petition.Verifying || st.Stage == petition.Verified {
			if err := petition.HandTo(ctx, tx, officeChief, k.Entry, petition.Verifier, who[verifier], at); err != nil {
				return err
			}
		}
	}
	return nil
}

// seal turns the keeping of identities on at the commune of the demo's people, and nowhere else.
func (c Cases) seal(ctx context.Context, tx *db.Tx, who people, list []deskCase) error {
	office := c.Tree.On(officeCode[:5], c.Today)
	if office == nil {
		return nil
	}
	now := time.Now()
	officer, custodian := sealed.By{Account: who["baomat"], Login: "baomat", At: now}, sealed.By{Account: who["giukhoa"], Login: "giukhoa", At: now}
	err := sealed.TurnOn(ctx, tx, sealed.By{Account: who["quantri"], Login: "quantri", At: now}, sealed.Approval{Unit: office.ID, Document: "Văn bản minh họa số 01/QĐ-MH", On: min(c.Today, civil.FromTime(now)),
		Issuer: "Cơ quan có thẩm quyền (minh họa)", Scope: "Minh họa: lưu danh tính người tố cáo đã niêm phong; khóa thử, không dùng cho danh tính thật", Signer: "Chức vụ minh họa"})
	if err != nil {
		return err
	}
	if err := c.keys(ctx, tx, office.ID, officer, custodian); err != nil {
		return err
	}
	if err := c.sealAbove(ctx, tx, who, now); err != nil {
		return err
	}
	list = slices.DeleteFunc(slices.Clone(list), func(k deskCase) bool {
		return k.office != officeCode+"UBND" || k.Class != "denunciation" || k.Kind != petition.Letter || k.Code == ""
	})
	slices.Reverse(list) // the latest first
	for i, k := range list {
		if err := c.sealOne(ctx, tx, office.ID, officer, custodian, i, k); err != nil {
			return fmt.Errorf("case %s: %w", k.Code, err)
		}
	}
	return nil
}

// sealAbove has the province's inspectorate take what is denounced over the portal about communes without an office of
// their own, and about officials of a commune itself.
func (c Cases) sealAbove(ctx context.Context, tx *db.Tx, who people, now time.Time) error {
	office := c.Tree.On(inspectorate, c.Today)
	if office == nil {
		return nil
	}
	officer, custodian := sealed.By{Account: who["baomat.tt"], Login: "baomat.tt", At: now}, sealed.By{Account: who["giukhoa.tt"], Login: "giukhoa.tt", At: now}
	err := sealed.TurnOn(ctx, tx, sealed.By{Account: who["quantri"], Login: "quantri", At: now}, sealed.Approval{Unit: office.ID, Document: "Văn bản minh họa số 02/QĐ-MH", On: min(c.Today, civil.FromTime(now)),
		Issuer: "Cơ quan có thẩm quyền (minh họa)", Scope: "Minh họa: nhận tố cáo qua cổng về các xã, phường chưa có bộ phận bảo mật, và về cán bộ của chính xã, phường; khóa thử", Signer: "Chức vụ minh họa", Below: true})
	if err != nil {
		return err
	}
	return c.keys(ctx, tx, office.ID, officer, custodian)
}

// keys are the test keys of both halves, proved and compared as real ones are.
func (c Cases) keys(ctx context.Context, tx *db.Tx, office org.UnitID, officer, custodian sealed.By) error {
	for _, h := range []struct {
		half     sealed.Half
		by, then sealed.By
	}{{sealed.Custodian, custodian, officer}, {sealed.Officer, officer, custodian}} {
		key, err := sealed.TestKey(h.by.Login)
		if err != nil {
			return err
		}
		k, err := sealed.Register(ctx, tx, h.by, office, h.half, key.Recipient().String())
		if err != nil {
			return err
		}
		answer, err := sealed.Answer(k.Challenge, key)
		if err != nil {
			return err
		}
		if err := sealed.Prove(ctx, tx, h.by, k.ID, answer); err != nil {
			return err
		}
	}
	all, err := sealed.Keys(ctx, tx, office)
	if err != nil {
		return err
	}
	for _, k := range all { // each half compares the other's fingerprint
		by := officer
		if k.Half == sealed.Officer {
			by = custodian
		}
		if err := sealed.Confirm(ctx, tx, by, k.ID, k.Fingerprint()); err != nil {
			return err
		}
	}
	return nil
}

// sealOne deposits what is known of a denouncer, or nothing, makes the working copy, and asks for some.
func (c Cases) sealOne(ctx context.Context, tx *db.Tx, office org.UnitID, officer, custodian sealed.By, i int, k deskCase) error {
	this := sealed.Case{Entry: k.Entry, Code: k.Code, Unit: k.Unit}
	if i < 4 || i%3 == 0 {
		if err := c.deposit(ctx, tx, office, officer, i, this); err != nil {
			return err
		}
	} else if err := sealed.Fill(ctx, tx, office, []sealed.Case{this}); err != nil {
		return err
	}
	if err := c.redact(ctx, tx, officer, custodian, i, k); err != nil {
		return err
	}
	if i > 2 {
		return nil
	}
	id, err := sealed.Ask(ctx, tx, officer, this, office, sealed.ToRead, "Cần liên hệ người tố cáo để làm rõ một tình tiết trong nội dung (minh họa).")
	if err != nil || i == 0 {
		return err
	}
	if i == 2 {
		return sealed.Refuse(ctx, tx, custodian, id, "Nội dung cần hỏi đã có trong hồ sơ, chưa cần mở danh tính.")
	}
	o, err := sealed.OpeningByID(ctx, tx, id)
	if err != nil {
		return err
	}
	record, err := sealed.Offered(ctx, tx, o, custodian.At)
	if err != nil {
		return err
	}
	key, err := sealed.TestKey(custodian.Login)
	if err != nil {
		return err
	}
	inner, err := sealed.OpenOuter(record.Body, key)
	if err != nil {
		return err
	}
	return sealed.Release(ctx, tx, custodian, id, inner)
}

func (c Cases) deposit(ctx context.Context, tx *db.Tx, office org.UnitID, by sealed.By, i int, this sealed.Case) error {
	ring, err := sealed.RingOf(ctx, tx, office)
	if err != nil {
		return err
	}
	who := sealed.Identity{Code: this.Code, Kind: sealed.Known, Name: fmt.Sprintf("Người Tố Cáo Minh Họa %d", 11+i), Address: fmt.Sprintf("thôn Minh Họa %d", 1+i), Phone: fmt.Sprintf("0900 000 %03d", 100+i), Contact: "Hẹn gặp tại trụ sở (minh họa)"}
	if i == 3 {
		who = sealed.Identity{Code: this.Code, Kind: sealed.Paper}
	}
	body, err := sealed.Seal(who, sealed.Recipients(ring.Officers), sealed.Recipients(ring.Custodians))
	if err != nil {
		return err
	}
	return sealed.Deposit(ctx, tx, by, this, office, ring.Mark(), body)
}

// redact notes the working copy as made, and for half of them as checked by somebody else.
func (c Cases) redact(ctx context.Context, tx *db.Tx, made, checked sealed.By, i int, k deskCase) error {
	if c.Dossiers == nil || i%4 == 3 {
		return nil
	}
	digest, err := c.Dossiers.Digest(ctx, tx, k.Entry)
	if err != nil {
		return err
	}
	if err := sealed.Redacted(ctx, tx, made, k.Entry, k.Unit, digest); err != nil || i%2 == 1 {
		return err
	}
	return sealed.CheckRedaction(ctx, tx, checked, k.Entry, digest)
}
