package portal

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// shownProof are the pictures of a publishing that everybody may see, by their place among its files, counted from 1.
func (p *portal) shownProof(ctx context.Context, x *disclosure.Publication) ([]pictureLine, error) {
	var out []pictureLine
	if !x.ShowsProof() {
		return nil, nil
	}
	err := p.DB.View(ctx, func(q db.Querier) error {
		for i, hash := range x.Files {
			info, err := p.Files.Info(ctx, q, hash)
			if fault.KindOf(err) == fault.NotFound || err == nil && !strings.HasPrefix(info.MIME, "image/") {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, pictureLine{Href: "/cong-khai/" + strconv.FormatInt(x.ID, 10) + "/anh/" + strconv.Itoa(i+1), Name: say(ctx, "ảnh bảng niêm yết, ", "the notice board, ") + x.Day.Vi()})
		}
		return nil
	})
	return out, err
}

// publishedPicture is a picture of a publishing, where whoever published lets everybody see it.
func (p *portal) publishedPicture(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathNumber(r, "id")
	if err != nil {
		return err
	}
	n, err := pathNumber(r, "so")
	if err != nil {
		return err
	}
	none := fault.New(fault.NotFound, "Không có ảnh này. Hãy mở lại trang công khai của xã.")
	var hash, mime string
	err = p.DB.View(ctx, func(q db.Querier) error {
		e, err := p.Ledger.Entry(ctx, q, id)
		if err != nil {
			return none
		}
		if e.Kind != disclosure.PublicationKind || e.State == ledger.Void {
			return none
		}
		x, err := disclosure.PublicationOf(e)
		if err != nil {
			return err
		}
		if !x.ShowsProof() || n > int64(len(x.Files)) {
			return none
		}
		hash = x.Files[n-1]
		info, err := p.Files.Info(ctx, q, hash)
		if err != nil {
			return none
		}
		mime = info.MIME
		return nil
	})
	if err != nil {
		return err
	}
	return p.answerPicture(w, hash, mime)
}
