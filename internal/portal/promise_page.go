package portal

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// noteLine is something that happened to a promise, as people read it.
type noteLine struct {
	*dialogue.Note
	Faults   []string
	Pictures []pictureLine
}

// pictureLine is a picture that shows how a promise goes.
type pictureLine struct {
	Href, Name string
}

// promiseView is the page of one promise.
type promiseView struct {
	promiseCard
	From  dialogue.From
	Notes []noteLine
	Shown []pictureLine // the promise's own pictures
	Done  string
	Kind  *catalog.Kind
	Steps *catalog.Kind
}

func pathNumber(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id < 1 {
		return 0, fault.New(fault.NotFound, "Không có trang ở địa chỉ này. Hãy mở từ danh sách.")
	}
	return id, nil
}

// onePromise reads a promise that people may see: one that stands.
func (p *portal) onePromise(ctx context.Context, q db.Querier, id int64) (*dialogue.Promise, error) {
	x, ok, err := p.shelf().Promise(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && (!ok || x.State == ledger.Void) {
		return nil, fault.New(fault.NotFound, "Không có lời hứa này. Hãy chọn trong danh sách.")
	}
	return x, err
}

func (p *portal) readPromise(ctx context.Context, id int64) (*promiseView, error) {
	v := &promiseView{Kind: p.Catalog.Latest().Kind(dialogue.PromiseKind), Steps: p.Catalog.Latest().Kind(dialogue.NoteKind)}
	err := p.DB.View(ctx, func(q db.Querier) error {
		x, err := p.onePromise(ctx, q, id)
		if err != nil {
			return err
		}
		v.Promise = x
		if v.From, err = p.shelf().Origin(ctx, q, x); err != nil {
			return err
		}
		list, err := dialogue.Notes(ctx, q, id, false)
		if err != nil {
			return err
		}
		own, err := dialogue.FilesOf(ctx, q, id)
		if err != nil {
			return err
		}
		n := 0
		v.Shown = p.pictures(ctx, q, id, own, &n)
		for _, x := range list {
			l := noteLine{Note: x, Pictures: p.pictures(ctx, q, id, x.Files, &n)}
			for _, f := range x.Faults {
				l.Faults = append(l.Faults, choiceName(v.Steps, "faults", f))
			}
			v.Notes = append(v.Notes, l)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	cards, err := p.promiseCards(ctx, []*dialogue.Promise{v.Promise})
	if err != nil {
		return nil, err
	}
	v.promiseCard = cards[0]
	return v, nil
}

// pictures are those of the files that are pictures, by their place among all files of the promise and its notes.
func (p *portal) pictures(ctx context.Context, q db.Querier, id int64, list []ledger.File, n *int) []pictureLine {
	var out []pictureLine
	for _, f := range list {
		*n++
		if info, err := p.Files.Info(ctx, q, f.Hash); err == nil && strings.HasPrefix(info.MIME, "image/") {
			out = append(out, pictureLine{Href: fmt.Sprintf("/cam-ket/%d/anh/%d", id, *n), Name: f.Name})
		}
	}
	return out
}

func (p *portal) promise(w http.ResponseWriter, r *http.Request) error {
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	v, err := p.readPromise(r.Context(), id)
	if err != nil {
		return err
	}
	v.Done = r.URL.Query().Get("xong")
	return p.render(w, r, http.StatusOK, page{Title: v.Subject, Section: "cam-ket"}, p.promisePage(v))
}

// promisePicture is a picture among the files of a promise and its notes, without what the camera wrote into it.
func (p *portal) promisePicture(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	n, err := pathNumber(r, "so")
	if err != nil {
		return err
	}
	var found ledger.File
	var mime string
	err = p.DB.View(ctx, func(q db.Querier) error {
		if _, err := p.onePromise(ctx, q, id); err != nil {
			return err
		}
		all, err := dialogue.FilesOf(ctx, q, id)
		if err != nil {
			return err
		}
		list, err := dialogue.Notes(ctx, q, id, false)
		if err != nil {
			return err
		}
		for _, x := range list {
			all = append(all, x.Files...)
		}
		if n > int64(len(all)) {
			return nil
		}
		found = all[n-1]
		info, err := p.Files.Info(ctx, q, found.Hash)
		mime = info.MIME
		return err
	})
	if err != nil {
		return err
	}
	return p.answerPicture(w, found.Hash, mime)
}

// answerPicture answers with a picture as it is kept, without what the camera wrote into it.
func (p *portal) answerPicture(w http.ResponseWriter, hash, mime string) error {
	if !slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "image/gif"}, mime) {
		return fault.New(fault.NotFound, "Không có ảnh này. Hãy mở lại trang.")
	}
	file, err := p.Files.Open(hash)
	if err != nil {
		return err
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = io.Copy(w, file) // the reader went away: nobody to tell
	return nil
}

// choiceName is the name of a choice of a kind's field.
func choiceName(k *catalog.Kind, field, code string) string {
	if k == nil || code == "" {
		return ""
	}
	if f := k.Field(field); f != nil {
		if o := f.Option(code); o != nil {
			return o.Name
		}
	}
	return code
}

// voice is who said a note.
func voice(ctx context.Context, n *dialogue.Note) string {
	switch n.By {
	case dialogue.ByVillage:
		return cmp.Or(n.Text, say(ctx, "Thôn, tổ dân phố", "The village")) + say(ctx, " (bằng mã)", " (by code)")
	case dialogue.ByHead:
		return say(ctx, "Trưởng thôn, tổ trưởng tổ dân phố", "The village head")
	case dialogue.ByCitizen:
		return say(ctx, "Người nêu vấn đề (bằng mã)", "Whoever raised it (by code)")
	}
	return say(ctx, "Bên đã hứa", "Whoever promised")
}
