package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"danvan/internal/report"
)

// benchScopes are the units and periods that every page is asked about: province, the province before the merger,
// district, commune, department; ten years, a year, a quarter, a month, a window of another regime, restated.
var benchScopes = []string{
	"", "don-vi=19&ky=2026", "don-vi=19&ky=2026-M10", "don-vi=06&tu=2010-01-01&den=2019-12-31", "don-vi=06&ky=2019", "don-vi=061&ky=2019-Q3",
	"don-vi=01912@2019-12-31&ky=2019", "don-vi=02143&ky=2026-M10", "don-vi=06.SO-NV&ky=2019", "don-vi=06&ky=2015..2019&ranh-gioi=2026-11-22",
}

// benchMore are further addresses of a route: filters, late pages, breakdowns, searches.
var benchMore = map[string][]string{
	"/ghi-nhan":     {"?don-vi=06&tu=2010-01-01&den=2019-12-31&tu-dong=60000", "?don-vi=06&tu=2010-01-01&den=2019-12-31&tim=doi+thoai", "?don-vi=06&ky=2019&loai=petition_letter", "?don-vi=19&tu=2010-01-01&den=2026-12-31&trang=900"},
	"/don-vi":       {"?ngay=2019-12-31", "?ngay=2025-07-01&to-chuc=1", "?tim=na+ri"},
	"/danh-muc":     {"?tim=don+thu", "?an-ban=2010"},
	"/so-lieu":      {"?tim=don+thu", "?tim=khongcochuynay"},
	"/tim":          {"?q=d", "?q=dan+van", "?q=dann+vaan", "?q=khongcochuynay", "?q=doi+thoai+quang+bach+2019", "?q=a&loai=ghi-nhan&trang=300", "?q=hoi+nghi&trong=06&tu-ngay=2015-01-01"},
	"/tim/goi-y":    {"?q=d", "?q=dan+va", "?q=khieu+nai", "?q=tuyeen+truyeenf"},
	"/don-vi/goi-y": {"?q=na", "?q=xa", "?q=uy+ban"},
	"/so-sanh":      {"?chi-tieu=petition.settled_rate&don-vi=06&ky=2019"},
}

// benchEach are further values for each address of a route.
var benchEach = map[string][]string{
	"/so-lieu/{code}":          {"don-vi=06&ky=2015..2019&theo=unit", "don-vi=06&ky=2019&theo=month", "don-vi=19&ky=2026&theo=unit"},
	"/so-lieu/{code}/ghi-nhan": {"don-vi=06&tu=2010-01-01&den=2019-12-31&tu-dong=5000"},
}

var benchIndicators = []string{
	"petition.settled_rate", "petition.received", "petition.accepted", "training.conference_attendances", "contribution.land", "contribution.money",
	"indicator.poverty_rate", "one_stop.communes", "outreach.sessions", "review.documents_reviewed",
}

// values are what stands for a name in braces.
func (s *benchSite) values(ctx context.Context, path, name string) ([]string, error) {
	switch {
	case name == "code":
		return benchIndicators, nil
	case name == "kind":
		return []string{"petition_letter", "outreach_session", "training_conference", "contribution", "reception_session"}, nil
	case name == "ref":
		return []string{"06", "061", "01912@2019-12-31", "19", "02143", "02143.UBND", "02155@2015-01-01"}, nil
	case name == "template":
		return report.Names(s.app.Catalog.Latest()), nil
	case name == "id" && strings.HasPrefix(path, "/ghi-nhan/"):
		return s.numbers(ctx, `SELECT min(id) FROM entry WHERE state <> 'void' AND kind IN ('petition_letter', 'outreach_session', 'contribution', 'training_conference', 'directive_document', 'reception_session') GROUP BY kind`)
	case name == "id" && strings.HasPrefix(path, "/don-vi/thay-doi/"):
		return s.numbers(ctx, `SELECT id FROM org_change ORDER BY id DESC LIMIT 6`)
	}
	return nil, nil
}

func (s *benchSite) numbers(ctx context.Context, query string) ([]string, error) {
	rows, err := s.app.DB.Read().QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("choose addresses: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprint(n))
	}
	return out, rows.Err()
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// addresses are those of a route that are asked; none where a name in it is not known.
func (s *benchSite) addresses(ctx context.Context, pattern string) ([]string, error) {
	path := strings.TrimSuffix(strings.TrimPrefix(pattern, "GET "), "{$}")
	paths := []string{path}
	for _, m := range inBraces.FindAllStringSubmatch(path, -1) {
		values, err := s.values(ctx, path, m[1])
		if err != nil {
			return nil, err
		}
		var next []string
		for _, p := range paths {
			for _, v := range values {
				next = append(next, strings.Replace(p, m[0], v, 1))
			}
		}
		paths = next
	}
	scopes := benchScopes
	if strings.Contains(path, "{id}") || strings.Contains(path, "{ref}") || isExport(pattern) {
		scopes = benchScopes[:2]
	}
	var out []string
	for _, p := range paths {
		for _, scope := range slices.Concat(scopes, benchEach[path]) {
			address := strings.TrimSuffix(p+"?"+scope, "?")
			if !slices.Contains(out, address) {
				out = append(out, address)
			}
		}
	}
	if strings.HasSuffix(path, "/tep") {
		for i, address := range out {
			mark := "?"
			if strings.Contains(address, "?") {
				mark = "&"
			}
			out[i] = address + mark + "dang=xlsx"
		}
	}
	for _, more := range benchMore[path] {
		out = append(out, path+more)
	}
	return out, nil
}
