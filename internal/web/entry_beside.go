package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// neighbours are the entries before and after one in the list that it was opened from.
type neighbours struct{ Back, Prev, Next, At string }

// neighbours finds them by the place in the list, which stands in the address beside the list's own conditions.
func (s *server) neighbours(r *http.Request, q db.Querier, id int64) (*neighbours, error) {
	if r.URL.Query().Get("vt") == "" {
		return nil, nil
	}
	at, err := strconv.Atoi(r.URL.Query().Get("vt"))
	if err != nil || at < 0 {
		return nil, nil
	}
	a, err := s.readList(r)
	if err != nil {
		return nil, err
	}
	from := max(at-1, 0)
	near, err := s.list(r.Context(), q, a, from, 3)
	if err != nil {
		return nil, err
	}
	out := &neighbours{Back: "/ghi-nhan" + a.query()}
	i := slices.IndexFunc(near.Lines, func(l ledger.Line) bool { return l.ID == id })
	if i < 0 { // the list has changed since
		return out, nil
	}
	link := func(i int) string {
		return "/ghi-nhan/" + strconv.FormatInt(near.Lines[i].ID, 10) + a.query("vt", strconv.Itoa(from+i))
	}
	if i > 0 {
		out.Prev = link(i - 1)
	}
	if i+1 < len(near.Lines) {
		out.Next = link(i + 1)
	}
	if out.At = civil.FormatInt(int64(from + i + 1)); !near.More {
		out.At += " trong " + civil.FormatInt(int64(near.Total))
	}
	return out, nil
}

// who is an actor by name, with the login that the log has.
func (v entryView) who(actor string) string {
	if name := v.Names[actor]; name != "" {
		return name + " (" + actor + ")"
	}
	return actorName(actor)
}

// entryProof hands out what proves that the newest version stands in the sealed log, for whoever keeps a checkpoint.
func (s *server) entryProof(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "Số ghi nhận chỉ gồm chữ số. Hãy mở từ danh sách ghi nhận.")
	}
	var proof *audit.Proof
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		e, err := s.Ledger.Entry(r.Context(), q, id)
		if err != nil {
			return err
		}
		if !proves(viewer(r.Context()), s.kindNear(e.Kind, e.Day), e) {
			return fault.New(fault.Denied, "Bằng chứng có mã băm của toàn bộ nội dung đơn, từ đó có thể đoán ra loại đơn; chỉ người được đọc đơn của đơn vị tải được.")
		}
		proof, err = audit.Prove(r.Context(), q, e.Versions[len(e.Versions)-1].Leaf)
		return err
	})
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(proof, "", "  ")
	if err != nil {
		return err
	}
	download(w, "application/json; charset=utf-8", "bang-chung-"+strconv.FormatInt(id, 10)+".json")
	_, _ = w.Write(append(body, '\n')) // the reader went away: nobody to tell
	return nil
}

// entryLinks leads from an entry up to what it carries out, to its page in a register, and to the entries that its
// fields name.
func (s *server) entryLinks(ctx context.Context, q db.Querier, tree *org.Tree, v *entryView) error {
	var err error
	if v.Up, err = s.upLinks(ctx, q, v.Entry.Head); err != nil || v.Kind == nil {
		return err
	}
	if home := s.homeOf(v.Entry.Head); home != "/ghi-nhan/"+itoa(v.Entry.ID) {
		v.Home = home
	}
	for _, ver := range v.Versions {
		for i := range ver.Fields {
			line := &ver.Fields[i]
			if f := v.Kind.Field(line.Code); f == nil || f.Type != catalog.EntryRef {
				continue
			}
			h, err := s.Ledger.Referred(ctx, q, line.Value)
			if err != nil {
				return err
			}
			if h != nil && s.mayReadHead(viewer(ctx), tree, *h) {
				line.Value, line.Href = s.headTitle(*h)+" (#"+itoa(h.ID)+")", s.homeOf(*h)
			}
		}
	}
	return nil
}
