package web_test

import (
	"fmt"
	"net/url"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/duty"
	"danvan/internal/reception"
)

// example is one address of a route. A new route needs one line here: without it TestEveryRouteAsEveryRole fails
// with its pattern.
//
// Path may hold {things}, found once in the demo by the functions below. Unit is the one that the address is about,
// where the row asks its right over a subject: theCommune when empty. Form is the body of a POST; leave it out, or
// choose one that is refused as incomplete, for nothing may be saved by the matrix. Also names a right that the page
// itself asks besides the row's.
type example struct {
	Path string
	Unit string
	Form url.Values
	Also access.Right
}

// theCommune is the commune of today that the matrix asks about, theBody a body in it.
const (
	theCommune = "02143"
	theBody    = "02143.UBND"
)

var examples = map[string]example{
	// articles, and what readers say of them
	"GET /tin-bai":                    {Path: "/tin-bai?don-vi=02143"},
	"GET /tin-bai/so-lieu":            {Path: "/tin-bai/so-lieu?don-vi=02143"},
	"POST /tin-bai/chot":              {Path: "/tin-bai/chot"},
	"GET /tin-bai/moi":                {Path: "/tin-bai/moi"},
	"POST /tin-bai/moi":               {Path: "/tin-bai/moi"},
	"GET /tin-bai/{id}":               {Path: "/tin-bai/{article}", Unit: theBody},
	"GET /tin-bai/{id}/sua":           {Path: "/tin-bai/{article}/sua", Unit: theBody},
	"POST /tin-bai/{id}/sua":          {Path: "/tin-bai/{article}/sua", Unit: theBody},
	"GET /tin-bai/{id}/anh/{file}":    {Path: "/tin-bai/{article}/anh/khong-co.jpg", Unit: theBody},
	"POST /tin-bai/{id}/anh":          {Path: "/tin-bai/{article}/anh", Unit: theBody},
	"POST /tin-bai/{id}/{viec}":       {Path: "/tin-bai/{article}/rut", Unit: theBody},
	"POST /tin-bai/{id}/duyet/{viec}": {Path: "/tin-bai/{article}/duyet/tra-lai", Unit: theBody},
	"GET /gop-y":                      {Path: "/gop-y"},
	"GET /gop-y/{id}":                 {Path: "/gop-y/{said}", Unit: theBody},
	"POST /gop-y/{id}/nguoi-gui":      {Path: "/gop-y/{said}/nguoi-gui", Unit: theBody},
	"POST /gop-y/{id}/don":            {Path: "/gop-y/{said}/don", Unit: theBody},
	"POST /gop-y/{id}/{viec}":         {Path: "/gop-y/{said}/khong-dang", Unit: theBody},
	// what people sent
	"GET /gui-den":                     {Path: "/gui-den?don-vi=02143"},
	"GET /gui-den/thay":                {Path: "/gui-den/thay"},
	"POST /gui-den/thay":               {Path: "/gui-den/thay"},
	"GET /gui-den/{id}":                {Path: "/gui-den/{sending}", Unit: theBody},
	"POST /gui-den/{id}/nguoi-gui":     {Path: "/gui-den/{sending}/nguoi-gui", Unit: theBody},
	"POST /gui-den/{id}/tep/{n}":       {Path: "/gui-den/{sending}/tep/0", Unit: theBody},
	"POST /gui-den/{id}/nhan":          {Path: "/gui-den/{sending}/nhan", Unit: theBody},
	"POST /gui-den/{id}/chuyen":        {Path: "/gui-den/{sending}/chuyen", Unit: theBody},
	"POST /gui-den/{id}/khong-nhan":    {Path: "/gui-den/{sending}/khong-nhan", Unit: theBody},
	"POST /gui-den/{id}/lay-lai":       {Path: "/gui-den/{sending}/lay-lai", Unit: theBody},
	"GET /to-cao-den":                  {Path: "/to-cao-den"},
	"GET /to-cao-den/{id}":             {Path: "/to-cao-den/{sealed}"},
	"GET /to-cao-den/{id}/tep/{file}":  {Path: "/to-cao-den/{sealed}/tep/noi-dung"},
	"POST /to-cao-den/{id}/nhan":       {Path: "/to-cao-den/{sealed}/nhan"},
	"POST /to-cao-den/{id}/khong-nhan": {Path: "/to-cao-den/{sealed}/khong-nhan"},
	// what must be published, households' decisions, supervision
	"GET /cong-khai":              {Path: "/cong-khai?don-vi=02143"},
	"GET /cong-khai/luoi":         {Path: "/cong-khai/luoi?don-vi=02143"},
	"GET /cong-khai/noi-dung":     {Path: "/cong-khai/noi-dung?don-vi=02143"},
	"GET /cong-khai/dang":         {Path: "/cong-khai/dang?don-vi=02143.UBND&noi-dung=budget_quarter&ky=2026-09-30"},
	"POST /cong-khai/dang":        {Path: "/cong-khai/dang", Form: url.Values{}},
	"GET /cong-khai/ly-do":        {Path: "/cong-khai/ly-do?don-vi=02143.UBND&noi-dung=budget_quarter&ky=2026-09-30"},
	"POST /cong-khai/ly-do":       {Path: "/cong-khai/ly-do", Form: url.Values{}},
	"GET /cong-khai/{id}":         {Path: "/cong-khai/{publication}", Unit: theBody},
	"POST /cong-khai/{id}/{viec}": {Path: "/cong-khai/{publication}/go", Unit: theBody, Form: url.Values{}},
	"GET /cong-khai/{id}/phieu":   {Path: "/cong-khai/{publication}/phieu", Unit: theBody},
	"GET /ban-bac":                {Path: "/ban-bac?don-vi=02143"},
	"GET /ban-bac/moi":            {Path: "/ban-bac/moi"},
	"POST /ban-bac/moi":           {Path: "/ban-bac/moi", Form: url.Values{}},
	"GET /ban-bac/{id}":           {Path: "/ban-bac/{decision}", Unit: theBody},
	"POST /ban-bac/{id}/{viec}":   {Path: "/ban-bac/{decision}/gui", Unit: theBody, Form: url.Values{}},
	"GET /ban-bac/{id}/bien-ban":  {Path: "/ban-bac/{decision}/bien-ban", Unit: theBody},
	"GET /giam-sat":               {Path: "/giam-sat?don-vi=02143"},
	"GET /giam-sat/{id}":          {Path: "/giam-sat/{board}", Unit: theBody},
	"POST /giam-sat/{id}/{viec}":  {Path: "/giam-sat/{board}/ket-thuc", Unit: theBody, Form: url.Values{}},
	"GET /hoi-nghi":               {Path: "/hoi-nghi?don-vi=02143"},

	// the inspectorate's forms
	"GET /thong-ke-don":            {Path: "/thong-ke-don?don-vi=02143&ky=tt01-2024:2026-Q3"},
	"GET /thong-ke-don/{form}":     {Path: "/thong-ke-don/xld_01?don-vi=02143&ky=tt01-2024:2026-Q3"},
	"GET /thong-ke-don/{form}/tep": {Path: "/thong-ke-don/xld_01/tep?don-vi=02143&ky=tt01-2024:2026-Q3&dang=xlsx"},

	// desk, search
	"GET /{$}":                      {Path: "/?ky=2026-M10"},
	"GET /don-vi/goi-y":             {Path: "/don-vi/goi-y?q=na+ri"},
	"GET /don-vi/chon":              {Path: "/don-vi/chon?q=na+ri&ve=/so-lieu"},
	"GET /phim-tat":                 {Path: "/phim-tat"},
	"GET /tim":                      {Path: "/tim?q=dan+van"},
	"GET /tim/goi-y":                {Path: "/tim/goi-y?q=dan+van"},
	"GET /bang-so-lieu":             {Path: "/bang-so-lieu?don-vi=02143&ky=2026-M10"},
	"POST /bang-so-lieu":            {Path: "/bang-so-lieu?don-vi=02143"},
	"POST /bang-so-lieu/{card}/bo":  {Path: "/bang-so-lieu/999999/bo?don-vi=02143"},
	"POST /bang-so-lieu/{card}/cho": {Path: "/bang-so-lieu/999999/cho?don-vi=02143"},
	// matters
	"GET /don-thu/{id}/trung":  {Path: "/don-thu/{twin}/trung", Unit: theBody},
	"POST /don-thu/{id}/trung": {Path: "/don-thu/{twin}/trung", Unit: theBody},
	"GET /vu-viec":             {Path: "/vu-viec?don-vi=02143&ky=2026"},
	"GET /vu-viec/{id}":        {Path: "/vu-viec/{matter}", Unit: theBody},
	"POST /vu-viec/{id}":       {Path: "/vu-viec/{matter}", Unit: theBody},
	// deadlines of cases
	"GET /don-thu/han":      {Path: "/don-thu/han?don-vi=02143"},
	"GET /don-thu/{id}/han": {Path: "/don-thu/{complaint}/han", Unit: theBody},
	// denouncers' identities
	"GET /to-cao":                {Path: "/to-cao?don-vi=02143&ky=2026"},
	"GET /to-cao/{id}/danh-tinh": {Path: "/to-cao/{denunciation}/danh-tinh", Unit: theBody},
	"GET /to-cao/{id}/danh-tinh/khoa-cong-khai.json": {Path: "/to-cao/{denunciation}/danh-tinh/khoa-cong-khai.json", Unit: theBody},
	"POST /to-cao/{id}/danh-tinh":                    {Path: "/to-cao/{denunciation}/danh-tinh", Unit: theBody},
	"POST /to-cao/{id}/danh-tinh/xin-mo":             {Path: "/to-cao/{denunciation}/danh-tinh/xin-mo", Unit: theBody},
	"POST /to-cao/{id}/danh-tinh/nhan":               {Path: "/to-cao/{denunciation}/danh-tinh/nhan", Unit: theBody},
	"POST /to-cao/{id}/danh-tinh/niem-phong-lai":     {Path: "/to-cao/{denunciation}/danh-tinh/niem-phong-lai", Unit: theBody},
	"GET /to-cao/khoa":                               {Path: "/to-cao/khoa"},
	"POST /to-cao/khoa":                              {Path: "/to-cao/khoa"},
	"GET /to-cao/khoa/cau-thu":                       {Path: "/to-cao/khoa/cau-thu?so=999999"},
	"POST /to-cao/khoa/thu":                          {Path: "/to-cao/khoa/thu"},
	"POST /to-cao/khoa/doi-chieu":                    {Path: "/to-cao/khoa/doi-chieu"},
	"POST /to-cao/khoa/mat":                          {Path: "/to-cao/khoa/mat"},
	"GET /to-cao/khoa/yeu-cau/{n}":                   {Path: "/to-cao/khoa/yeu-cau/{request}"},
	"GET /to-cao/khoa/yeu-cau/{n}/phong-bi":          {Path: "/to-cao/khoa/yeu-cau/{request}/phong-bi"},
	"POST /to-cao/khoa/yeu-cau/{n}/mo":               {Path: "/to-cao/khoa/yeu-cau/{request}/mo"},
	"POST /to-cao/khoa/yeu-cau/{n}/tu-choi":          {Path: "/to-cao/khoa/yeu-cau/{request}/tu-choi"},
	"GET /to-cao/khoa/niem-phong-lai":                {Path: "/to-cao/khoa/niem-phong-lai"},
	"GET /to-cao/khoa/niem-phong-lai/ho-so.json":     {Path: "/to-cao/khoa/niem-phong-lai/ho-so.json?co-quan=1"},
	"POST /to-cao/khoa/niem-phong-lai":               {Path: "/to-cao/khoa/niem-phong-lai"},
	"GET /to-cao/{id}/bo-danh-tinh":                  {Path: "/to-cao/{denunciation}/bo-danh-tinh", Unit: theBody},
	"GET /to-cao/{id}/bo-danh-tinh/anh/{n}":          {Path: "/to-cao/{denunciation}/bo-danh-tinh/anh/99", Unit: theBody},
	"POST /to-cao/{id}/bo-danh-tinh":                 {Path: "/to-cao/{denunciation}/bo-danh-tinh", Unit: theBody, Also: access.ReadDenunciations},
	"POST /to-cao/{id}/bo-danh-tinh/anh":             {Path: "/to-cao/{denunciation}/bo-danh-tinh/anh", Unit: theBody, Also: access.ReadDenunciations},
	"POST /to-cao/{id}/bo-danh-tinh/bo":              {Path: "/to-cao/{denunciation}/bo-danh-tinh/bo", Unit: theBody, Also: access.ReadDenunciations},
	"POST /to-cao/{id}/bo-danh-tinh/kiem":            {Path: "/to-cao/{denunciation}/bo-danh-tinh/kiem", Unit: theBody},
	"GET /to-cao/so-mo":                              {Path: "/to-cao/so-mo"},
	"GET /quan-tri/khoa":                             {Path: "/quan-tri/khoa"},
	"POST /quan-tri/khoa/bat":                        {Path: "/quan-tri/khoa/bat"},
	"POST /quan-tri/khoa/tat":                        {Path: "/quan-tri/khoa/tat"},
	"POST /quan-tri/khoa/thoi":                       {Path: "/quan-tri/khoa/thoi"},
	// cases
	"GET /don-thu/{id}":            {Path: "/don-thu/{letter}", Unit: theBody},
	"GET /don-thu/{id}/buoc/{act}": {Path: "/don-thu/{letter}/buoc/accepted", Unit: theBody},
	"POST /don-thu/{id}/buoc":      {Path: "/don-thu/{letter}/buoc", Unit: theBody},
	"GET /don-thu/{id}/bo-buoc":    {Path: "/don-thu/{letter}/bo-buoc", Unit: theBody},
	"POST /don-thu/{id}/bo-buoc":   {Path: "/don-thu/{letter}/bo-buoc", Unit: theBody},
	"GET /don-thu/{id}/giao":       {Path: "/don-thu/{letter}/giao", Unit: theBody},
	"POST /don-thu/{id}/giao":      {Path: "/don-thu/{letter}/giao", Unit: theBody, Form: url.Values{"can-bo": {"999999"}}},
	"GET /don-thu/{id}/chuyen":     {Path: "/don-thu/{letter}/chuyen", Unit: theBody},
	"POST /don-thu/{id}/chuyen":    {Path: "/don-thu/{letter}/chuyen", Unit: theBody},
	"GET /don-thu/{id}/tach":       {Path: "/don-thu/{letter}/tach", Unit: theBody},
	"POST /don-thu/{id}/tach":      {Path: "/don-thu/{letter}/tach", Unit: theBody},
	"GET /don-thu/{id}/thi-hanh":   {Path: "/don-thu/{letter}/thi-hanh", Unit: theBody},
	"POST /don-thu/{id}/thi-hanh":  {Path: "/don-thu/{letter}/thi-hanh", Unit: theBody},
	"GET /don-thu/{id}/in/{mau}":   {Path: "/don-thu/{letter}/in/de-xuat", Unit: theBody},
	"POST /don-thu/{id}/in/{mau}":  {Path: "/don-thu/{letter}/in/de-xuat", Unit: theBody},
	"GET /don-thu/den":             {Path: "/don-thu/den"},

	"GET /don-thu/{id}/tra-loi-dan":          {Path: "/don-thu/{letter}/tra-loi-dan", Unit: theBody},
	"POST /don-thu/{id}/tra-loi-dan":         {Path: "/don-thu/{letter}/tra-loi-dan", Unit: theBody},
	"POST /don-thu/{id}/tra-loi-dan/cong-bo": {Path: "/don-thu/{letter}/tra-loi-dan/cong-bo", Unit: theBody, Also: access.ReadLetters},
	"POST /don-thu/{id}/tra-loi-dan/rut":     {Path: "/don-thu/{letter}/tra-loi-dan/rut", Unit: theBody, Also: access.ReadLetters},
	"POST /don-thu/{id}/ma-theo-doi":         {Path: "/don-thu/{letter}/ma-theo-doi", Unit: theBody},
	"GET /danh-gia":                          {Path: "/danh-gia?don-vi=02143&ky=2026"},

	"POST /don-thu/{id}/nhan-chuyen": {Path: "/don-thu/{letter}/nhan-chuyen"},
	"GET /thi-hanh":                  {Path: "/thi-hanh?don-vi=02143&ky=2026"},
	// reminders
	"GET /nhac-viec":                  {Path: "/nhac-viec"},
	"POST /nhac-viec/hoan":            {Path: "/nhac-viec/hoan"},
	"GET /tai-khoan/nhac-viec":        {Path: "/tai-khoan/nhac-viec"},
	"POST /tai-khoan/nhac-viec":       {Path: "/tai-khoan/nhac-viec"},
	"GET /quan-tri/thu":               {Path: "/quan-tri/thu"},
	"POST /quan-tri/thu/thu":          {Path: "/quan-tri/thu/thu"},
	"POST /quan-tri/thu/{id}/gui-lai": {Path: "/quan-tri/thu/999999/gui-lai"},
	// duties
	"GET /dinh-ky":                           {Path: "/dinh-ky?don-vi=02143"},
	"GET /dinh-ky.xlsx":                      {Path: "/dinh-ky.xlsx?don-vi=02143"},
	"GET /dinh-ky.csv":                       {Path: "/dinh-ky.csv?don-vi=02143"},
	"GET /dinh-ky.ics":                       {Path: "/dinh-ky.ics?don-vi=02143"},
	"GET /dinh-ky/luoi":                      {Path: "/dinh-ky/luoi?don-vi=02143"},
	"GET /dinh-ky/luoi.xlsx":                 {Path: "/dinh-ky/luoi.xlsx?don-vi=02143"},
	"GET /dinh-ky/luoi.csv":                  {Path: "/dinh-ky/luoi.csv?don-vi=02143"},
	"GET /dinh-ky/dung-han":                  {Path: "/dinh-ky/dung-han?don-vi=02143"},
	"GET /dinh-ky/{duty}":                    {Path: "/dinh-ky/reception.commune_two_days?don-vi=02143"},
	"GET /dinh-ky/khong-phat-sinh":           {Path: "/dinh-ky/khong-phat-sinh?don-vi=02143.UBND&viec=feedback.monthly&tu=2026-09-01&den=2026-09-30", Unit: theBody},
	"POST /dinh-ky/khong-phat-sinh":          {Path: "/dinh-ky/khong-phat-sinh?don-vi=02143.UBND&viec=feedback.monthly&tu=2026-09-01&den=2026-09-30", Unit: theBody},
	"GET /dinh-ky/khong-phat-sinh/{id}":      {Path: "/dinh-ky/khong-phat-sinh/{nil}", Unit: theBody},
	"POST /dinh-ky/khong-phat-sinh/{id}/rut": {Path: "/dinh-ky/khong-phat-sinh/{nil}/rut", Unit: theBody},
	// entries
	"GET /ghi-nhan":      {Path: "/ghi-nhan?don-vi=02143&ky=2026-M10"},
	"GET /ghi-nhan/{id}": {Path: "/ghi-nhan/{entry}", Unit: theBody},
	"GET /ghi-nhan.csv":  {Path: "/ghi-nhan.csv?don-vi=02143&ky=2026-M10"},
	"GET /ghi-nhan.xlsx": {Path: "/ghi-nhan.xlsx?don-vi=02143&ky=2026-M10"},
	// books of work
	"GET /chuyen-de":          {Path: "/chuyen-de?don-vi=02143&ky=2026-M10"},
	"GET /chuyen-de/{system}": {Path: "/chuyen-de/8?don-vi=02143&ky=2026-M10"},
	"GET /phan-cong":          {Path: "/phan-cong?don-vi=02143&ky=2026"},
	"GET /phan-cong/{id}":     {Path: "/phan-cong/{holder}", Unit: theBody},
	"POST /phan-cong/{id}":    {Path: "/phan-cong/{holder}", Unit: theBody},
	"GET /bien-che":           {Path: "/bien-che?don-vi=02143&ky=2026"},
	"GET /thi-dua":            {Path: "/thi-dua?don-vi=02143&ky=2026"},
	"GET /thi-dua/{id}":       {Path: "/thi-dua/{praise}", Unit: theBody},
	// works that people give to
	"GET /dong-gop":                       {Path: "/dong-gop?don-vi=02143&ky=2026"},
	"GET /dong-gop/tong-hop":              {Path: "/dong-gop/tong-hop?don-vi=02143&ky=2026&theo=thon"},
	"GET /dong-gop/moi":                   {Path: "/dong-gop/moi"},
	"POST /dong-gop/moi":                  {Path: "/dong-gop/moi"},
	"GET /dong-gop/{id}":                  {Path: "/dong-gop/{road}", Unit: theBody},
	"GET /dong-gop/{id}/so":               {Path: "/dong-gop/{road}/so?tai=csv", Unit: theBody},
	"GET /dong-gop/{id}/bang":             {Path: "/dong-gop/{road}/bang", Unit: theBody},
	"GET /dong-gop/{id}/phieu":            {Path: "/dong-gop/{gift}/phieu", Unit: theBody},
	"GET /dong-gop/{id}/gop":              {Path: "/dong-gop/{road}/gop", Unit: theBody},
	"POST /dong-gop/{id}/gop":             {Path: "/dong-gop/{road}/gop", Unit: theBody},
	"POST /dong-gop/{id}/{viec}":          {Path: "/dong-gop/{road}/dung", Unit: theBody},
	"GET /mo-hinh":                        {Path: "/mo-hinh?don-vi=02143&ky=2026"},
	"GET /mo-hinh/cuoi-nam":               {Path: "/mo-hinh/cuoi-nam?don-vi=02143&ky=2026"},
	"GET /mo-hinh/moi":                    {Path: "/mo-hinh/moi"},
	"POST /mo-hinh/moi":                   {Path: "/mo-hinh/moi"},
	"GET /mo-hinh/{id}":                   {Path: "/mo-hinh/{model}", Unit: theBody},
	"POST /mo-hinh/{id}/{viec}":           {Path: "/mo-hinh/{model}/tham-dinh", Unit: theBody},
	"GET /luc-luong":                      {Path: "/luc-luong?don-vi=02143&ky=2026"},
	"GET /hoi-thi":                        {Path: "/hoi-thi?don-vi=02143&ky=2026"},
	"GET /hoi-thi/moi":                    {Path: "/hoi-thi/moi"},
	"POST /hoi-thi/moi":                   {Path: "/hoi-thi/moi"},
	"GET /hoi-thi/{id}":                   {Path: "/hoi-thi/{contest}", Unit: theBody},
	"GET /hoi-thi/{id}/bang":              {Path: "/hoi-thi/{contest}/bang?tai=csv", Unit: theBody},
	"GET /hoi-thi/{id}/bien-ban":          {Path: "/hoi-thi/{contest}/bien-ban?vong={closed}", Unit: theBody},
	"POST /hoi-thi/{id}/{viec}":           {Path: "/hoi-thi/{contest}/bai", Unit: theBody},
	"GET /cham-thi":                       {Path: "/cham-thi"},
	"GET /cham-thi/{id}":                  {Path: "/cham-thi/{round}"},
	"GET /cham-thi/{id}/bai/{so}":         {Path: "/cham-thi/{round}/bai/1"},
	"POST /cham-thi/{id}/bai/{so}":        {Path: "/cham-thi/{round}/bai/1"},
	"GET /cham-thi/{id}/bai/{so}/tep/{n}": {Path: "/cham-thi/{round}/bai/1/tep/1"},

	"GET /tap-huan":               {Path: "/tap-huan?don-vi=02143&ky=2026"},
	"GET /tap-huan/moi":           {Path: "/tap-huan/moi"},
	"POST /tap-huan/moi":          {Path: "/tap-huan/moi"},
	"GET /tap-huan/{id}":          {Path: "/tap-huan/{course}", Unit: theBody},
	"GET /tap-huan/{id}/phieu":    {Path: "/tap-huan/{course}/phieu?buoi=1", Unit: theBody},
	"POST /tap-huan/{id}/{viec}":  {Path: "/tap-huan/{course}/buoi", Unit: theBody},
	"GET /kiem-tra":               {Path: "/kiem-tra?don-vi=02143&ky=2026"},
	"GET /kiem-tra/moi":           {Path: "/kiem-tra/moi"},
	"POST /kiem-tra/moi":          {Path: "/kiem-tra/moi"},
	"GET /kiem-tra/{id}":          {Path: "/kiem-tra/{survey}", Unit: theBody},
	"POST /kiem-tra/{id}/{viec}":  {Path: "/kiem-tra/{survey}/ket-luan", Unit: theBody},
	"POST /kiem-tra/{id}/bao-cao": {Path: "/kiem-tra/{survey}/bao-cao?so=1", Unit: theBody},
	"GET /kiem-tra/{id}/tep/{n}":  {Path: "/kiem-tra/{survey}/tep/1", Unit: theBody},

	// sessions with the people, promises
	"GET /doi-thoai":                {Path: "/doi-thoai?don-vi=02143&ky=2026-M11"},
	"GET /doi-thoai/moi":            {Path: "/doi-thoai/moi"},
	"POST /doi-thoai/moi":           {Path: "/doi-thoai/moi"},
	"GET /doi-thoai/{id}":           {Path: "/doi-thoai/{talk}", Unit: theBody},
	"GET /doi-thoai/{id}/bien-ban":  {Path: "/doi-thoai/{talk}/bien-ban", Unit: theBody},
	"GET /doi-thoai/{id}/thong-bao": {Path: "/doi-thoai/{plan}/thong-bao", Unit: theBody},
	"POST /doi-thoai/{id}/{viec}":   {Path: "/doi-thoai/{talk}/van-de", Unit: theBody},
	"GET /cam-ket":                  {Path: "/cam-ket?don-vi=02143"},
	"GET /cam-ket/{id}":             {Path: "/cam-ket/{promise}", Unit: theBody},
	"POST /cam-ket/{id}/thon":       {Path: "/cam-ket/{promise}/thon", Unit: theBody},
	"POST /cam-ket/{id}/{viec}":     {Path: "/cam-ket/{promise}/tien-do", Unit: theBody},

	// citizen reception
	"GET /tiep-dan":                      {Path: "/tiep-dan?don-vi=02143&ky=2026-M11"},
	"GET /tiep-dan/moi":                  {Path: "/tiep-dan/moi"},
	"POST /tiep-dan/moi":                 {Path: "/tiep-dan/moi"},
	"GET /tiep-dan/lich":                 {Path: "/tiep-dan/lich?don-vi=02143&ky=2026-M11"},
	"GET /tiep-dan/lich.ics":             {Path: "/tiep-dan/lich.ics?don-vi=02143&ky=2026-M11"},
	"GET /tiep-dan/lich/moi":             {Path: "/tiep-dan/lich/moi"},
	"POST /tiep-dan/lich/moi":            {Path: "/tiep-dan/lich/moi"},
	"GET /tiep-dan/lich/cong-bo":         {Path: "/tiep-dan/lich/cong-bo?don-vi=02143&ky=2026-M11"},
	"POST /tiep-dan/lich/cong-bo":        {Path: "/tiep-dan/lich/cong-bo?don-vi=02143&ky=2026-M11"},
	"GET /tiep-dan/lich/thong-bao":       {Path: "/tiep-dan/lich/thong-bao?don-vi=02143&ky=2026-M11"},
	"GET /tiep-dan/cho-tra-loi":          {Path: "/tiep-dan/cho-tra-loi?don-vi=02143"},
	"GET /tiep-dan/nghia-vu":             {Path: "/tiep-dan/nghia-vu?don-vi=02143&ky=2026-M10"},
	"GET /tiep-dan/{id}":                 {Path: "/tiep-dan/{session}", Unit: theBody},
	"GET /tiep-dan/{id}/{viec}":          {Path: "/tiep-dan/{session}/luot", Unit: theBody},
	"POST /tiep-dan/{id}/{viec}":         {Path: "/tiep-dan/{session}/chot", Unit: theBody, Also: access.RecordWork},
	"GET /tiep-dan/luot/{id}":            {Path: "/tiep-dan/luot/{visit}", Unit: theBody},
	"GET /tiep-dan/luot/{id}/bien-nhan":  {Path: "/tiep-dan/luot/{visit}/bien-nhan", Unit: theBody},
	"POST /tiep-dan/luot/{id}/nguoi-den": {Path: "/tiep-dan/luot/{visit}/nguoi-den", Unit: theBody, Also: access.ReadLetters},
	"POST /tiep-dan/luot/{id}/{viec}":    {Path: "/tiep-dan/luot/{visit}/tra-loi", Unit: theBody},

	// one-stop
	"GET /mot-cua":               {Path: "/mot-cua?don-vi=02143&ky=2026"},
	"GET /mot-cua/nhap":          {Path: "/mot-cua/nhap"},
	"POST /mot-cua/nhap":         {Path: "/mot-cua/nhap"},
	"GET /mot-cua/noi-thuc-hien": {Path: "/mot-cua/noi-thuc-hien?don-vi=02143"},

	// recording
	"GET /ghi-nhan/moi":              {Path: "/ghi-nhan/moi"},
	"GET /ghi-nhan/moi/{kind}":       {Path: "/ghi-nhan/moi/briefing?don-vi=02143.UBND", Also: access.RecordWork},
	"POST /ghi-nhan/moi/{kind}":      {Path: "/ghi-nhan/moi/briefing", Also: access.RecordWork},
	"POST /ghi-nhan/xem-truoc":       {Path: "/ghi-nhan/xem-truoc", Form: url.Values{"loai": {"briefing"}}, Also: access.RecordWork},
	"GET /ghi-nhan/goi-y-viec":       {Path: "/ghi-nhan/goi-y-viec?q="},
	"POST /ghi-nhan/tep":             {Path: "/ghi-nhan/tep"},
	"GET /ban-nhap":                  {Path: "/ban-nhap"},
	"POST /ban-nhap":                 {Path: "/ban-nhap", Form: url.Values{"loai": {"khong_co"}}},
	"GET /ban-nhap/{draft}":          {Path: "/ban-nhap/999999"},
	"GET /ban-nhap/{draft}/xem":      {Path: "/ban-nhap/999999/xem"},
	"POST /ban-nhap/{draft}/xoa":     {Path: "/ban-nhap/999999/xoa"},
	"POST /tep-len":                  {Path: "/tep-len"},
	"HEAD /tep-len/{part}":           {Path: "/tep-len/AAAA"},
	"PATCH /tep-len/{part}":          {Path: "/tep-len/AAAA"},
	"DELETE /tep-len/{part}":         {Path: "/tep-len/AAAA"},
	"POST /tep-len/{part}/xong":      {Path: "/tep-len/AAAA/xong"},
	"GET /manifest.webmanifest":      {Path: "/manifest.webmanifest"},
	"GET /sw.js":                     {Path: "/sw.js"},
	"GET /ngoai-tuyen":               {Path: "/ngoai-tuyen"},
	"GET /ngoai-tuyen/mau/{kind}":    {Path: "/ngoai-tuyen/mau/briefing", Also: access.RecordWork},
	"GET /ghi-nhan/{id}/sua":         {Path: "/ghi-nhan/{work}/sua", Unit: theBody, Also: access.RecordWork},
	"POST /ghi-nhan/{id}/sua":        {Path: "/ghi-nhan/{work}/sua", Unit: theBody, Also: access.RecordWork},
	"GET /so-do":                     {Path: "/so-do?don-vi=02143"},
	"GET /so-do/tep":                 {Path: "/so-do/tep?don-vi=02143&dang=csv"},
	"GET /ghi-nhan/trung":            {Path: "/ghi-nhan/trung?don-vi=02143&ky=2026-M10"},
	"GET /ghi-nhan/{id}/trung":       {Path: "/ghi-nhan/{work}/trung", Unit: theBody},
	"POST /ghi-nhan/{id}/trung":      {Path: "/ghi-nhan/{work}/trung", Unit: theBody},
	"GET /ghi-nhan/{id}/huy":         {Path: "/ghi-nhan/{work}/huy", Unit: theBody, Also: access.RecordWork},
	"POST /ghi-nhan/{id}/huy":        {Path: "/ghi-nhan/{work}/huy", Unit: theBody, Also: access.RecordWork},
	"GET /ghi-nhan/{id}/tep/{n}":     {Path: "/ghi-nhan/{work}/tep/1", Unit: theBody},
	"GET /ghi-nhan/{id}/tep/{n}/anh": {Path: "/ghi-nhan/{work}/tep/1/anh", Unit: theBody},
	"GET /ghi-nhan/{id}/bang-chung":  {Path: "/ghi-nhan/{publication}/bang-chung", Unit: theBody},
	// confirming
	"GET /duyet":                       {Path: "/duyet"},
	"POST /duyet":                      {Path: "/duyet"},
	"GET /duyet/{id}":                  {Path: "/duyet/{waits}", Unit: theBody},
	"POST /ghi-nhan/{id}/xac-nhan":     {Path: "/ghi-nhan/{waits}/xac-nhan", Unit: theBody},
	"GET /ghi-nhan/{id}/tra-lai":       {Path: "/ghi-nhan/{waits}/tra-lai", Unit: theBody},
	"POST /ghi-nhan/{id}/tra-lai":      {Path: "/ghi-nhan/{waits}/tra-lai", Unit: theBody},
	"POST /ghi-nhan/{id}/thoi-tra-lai": {Path: "/ghi-nhan/{waits}/thoi-tra-lai", Unit: theBody},
	// tasks: one that theBody gave itself
	"GET /nhiem-vu":                     {Path: "/nhiem-vu?don-vi=02143&ky=2026-M10"},
	"GET /nhiem-vu/tep":                 {Path: "/nhiem-vu/tep?don-vi=02143&ky=2026-M10&dang=csv"},
	"GET /nhiem-vu/giao":                {Path: "/nhiem-vu/giao"},
	"POST /nhiem-vu/giao":               {Path: "/nhiem-vu/giao"},
	"GET /nhiem-vu/{id}":                {Path: "/nhiem-vu/{task}", Unit: theBody},
	"POST /nhiem-vu/{id}/tien-do":       {Path: "/nhiem-vu/{task}/tien-do", Unit: theBody},
	"POST /nhiem-vu/{id}/xin-han":       {Path: "/nhiem-vu/{task}/xin-han", Unit: theBody},
	"POST /nhiem-vu/{id}/xong":          {Path: "/nhiem-vu/{task}/xong", Unit: theBody},
	"POST /nhiem-vu/{id}/gia-han":       {Path: "/nhiem-vu/{task}/gia-han", Unit: theBody},
	"POST /nhiem-vu/{id}/khong-gia-han": {Path: "/nhiem-vu/{task}/khong-gia-han", Unit: theBody},
	"POST /nhiem-vu/{id}/nghiem-thu":    {Path: "/nhiem-vu/{task}/nghiem-thu", Unit: theBody},
	"POST /nhiem-vu/{id}/tra-lai":       {Path: "/nhiem-vu/{task}/tra-lai", Unit: theBody},
	// documents and programmes
	"GET /van-ban":              {Path: "/van-ban?don-vi=02143&nam=2026"},
	"GET /van-ban/tep":          {Path: "/van-ban/tep?don-vi=02143&nam=2026&dang=csv"},
	"GET /van-ban/{id}":         {Path: "/van-ban/{document}", Unit: theBody},
	"GET /van-ban/{id}/tep/{n}": {Path: "/van-ban/{document}/tep/1", Unit: theBody},
	"GET /chuong-trinh":         {Path: "/chuong-trinh?don-vi=02143&nam=2026"},
	"GET /chuong-trinh/{id}":    {Path: "/chuong-trinh/{programme}", Unit: theBody},
	// import
	"GET /nhap":                  {Path: "/nhap"},
	"POST /nhap":                 {Path: "/nhap"},
	"GET /nhap/mau":              {Path: "/nhap/mau?loai=training_conference&dang=csv", Also: access.RecordWork},
	"GET /ghi-nhan/bieu/{kind}":  {Path: "/ghi-nhan/bieu/training_conference", Also: access.RecordWork},
	"GET /nhap/{id}":             {Path: "/nhap/999999"},
	"GET /nhap/{id}/tien-do":     {Path: "/nhap/999999/tien-do"},
	"GET /nhap/{id}/loi":         {Path: "/nhap/999999/loi"},
	"POST /nhap/{id}/sua":        {Path: "/nhap/999999/sua"},
	"POST /nhap/{id}/ghi":        {Path: "/nhap/999999/ghi"},
	"POST /nhap/{id}/huy":        {Path: "/nhap/999999/huy"},
	"POST /nhap/{id}/bo":         {Path: "/nhap/999999/bo"},
	"GET /ghi-nhan/bang/{kind}":  {Path: "/ghi-nhan/bang/training_conference", Also: access.RecordWork},
	"POST /ghi-nhan/bang/{kind}": {Path: "/ghi-nhan/bang/training_conference", Also: access.RecordWork},
	// figures
	"GET /so-lieu":                     {Path: "/so-lieu?don-vi=02143&ky=2026-M10"},
	"GET /so-lieu/tep":                 {Path: "/so-lieu/tep?don-vi=02143&ky=2026-M10&dang=csv&tim=F17"},
	"GET /so-lieu/{code}/can-cu":       {Path: "/so-lieu/petition.received/can-cu?don-vi=02143&ky=2026-M10"},
	"GET /so-lieu/{code}/tep":          {Path: "/so-lieu/petition.received/tep?don-vi=02143&ky=2026-M10&dang=csv"},
	"GET /so-lieu/{code}/ghi-nhan/tep": {Path: "/so-lieu/petition.received/ghi-nhan/tep?don-vi=02143&ky=2026-M10"},
	"GET /so-sanh":                     {Path: "/so-sanh?don-vi=02143&ky=2026-M10&chi-tieu=petition.received"},
	"GET /so-sanh/tep":                 {Path: "/so-sanh/tep?don-vi=02143&ky=2026-M10&chi-tieu=petition.received&dang=csv"},
	"GET /ban-do":                      {Path: "/ban-do?don-vi=02143&ky=2026-M10"},
	"GET /so-lieu/{code}":              {Path: "/so-lieu/petition.received?don-vi=02143&ky=2026-M10"},
	"GET /so-lieu/{code}/ghi-nhan":     {Path: "/so-lieu/petition.received/ghi-nhan?don-vi=02143&ky=2026-M10"},
	"GET /so-lieu/{code}/ghi-nhan.csv": {Path: "/so-lieu/petition.received/ghi-nhan.csv?don-vi=02143&ky=2026-M10"},
	// reports
	"GET /bao-cao":                {Path: "/bao-cao?don-vi=02143&ky=2026-M10"},
	"GET /bao-cao/{template}":     {Path: "/bao-cao/thang?don-vi=02143&ky=2026-M10"},
	"GET /bao-cao/{template}/tep": {Path: "/bao-cao/thang/tep?don-vi=02143&ky=2026-M10&dang=json"},
	// reports from below; what is judged is the superior's
	"GET /ky-bao-cao/cap-duoi":           {Path: "/ky-bao-cao/cap-duoi?don-vi=19&ky=2026-M10&nhom=body", Unit: "19"},
	"GET /ky-bao-cao/cap-duoi/tep":       {Path: "/ky-bao-cao/cap-duoi/tep?don-vi=19&ky=2026-M10&nhom=body&dang=csv", Unit: "19"},
	"POST /ky-bao-cao/cap-duoi":          {Path: "/ky-bao-cao/cap-duoi?don-vi=19&ky=2026-M10&nhom=body", Unit: "19"},
	"GET /ky-bao-cao/cap-duoi/loi":       {Path: "/ky-bao-cao/cap-duoi/loi?don-vi=19&ky=2026-M10", Unit: "19"},
	"POST /ky-bao-cao/cap-duoi/loi":      {Path: "/ky-bao-cao/cap-duoi/loi?don-vi=19&ky=2026-M10", Unit: "19"},
	"GET /ky-bao-cao/cap-duoi/tong-hop":  {Path: "/ky-bao-cao/cap-duoi/tong-hop?don-vi=19&ky=2026-M10&cot=petition.received", Unit: "19"},
	"POST /ky-bao-cao/cap-duoi/tong-hop": {Path: "/ky-bao-cao/cap-duoi/tong-hop?don-vi=19&ky=2026-M10&cot=petition.received", Unit: "19"},
	"GET /ky-bao-cao/{id}/xem-xet":       {Path: "/ky-bao-cao/{filed}/xem-xet"},
	"POST /ky-bao-cao/{id}/nhan":         {Path: "/ky-bao-cao/{filed}/nhan", Unit: "19"},
	"POST /ky-bao-cao/{id}/tra-lai":      {Path: "/ky-bao-cao/{filed}/tra-lai", Unit: "19"},
	"GET /ky-bao-cao/{id}/doi-chieu":     {Path: "/ky-bao-cao/{filed}/doi-chieu"},
	"GET /ky-bao-cao/{id}/doi-chieu/tep": {Path: "/ky-bao-cao/{filed}/doi-chieu/tep?dang=csv"},
	"GET /ky-bao-cao/{id}/khac":          {Path: "/ky-bao-cao/{filed}/khac"},
	"GET /ky-bao-cao/{id}/khac/tep":      {Path: "/ky-bao-cao/{filed}/khac/tep?dang=csv"},
	"GET /ky-bao-cao/{id}/kiem":          {Path: "/ky-bao-cao/{filed}/kiem"},
	"POST /ky-bao-cao/{id}/kiem":         {Path: "/ky-bao-cao/{filed}/kiem"},
	// the report cycle of a unit
	"GET /ky-bao-cao":                       {Path: "/ky-bao-cao?don-vi=02143"},
	"GET /ky-bao-cao/mo":                    {Path: "/ky-bao-cao/mo?don-vi=02143&mau=thang"},
	"POST /ky-bao-cao/mo":                   {Path: "/ky-bao-cao/mo"},
	"GET /ky-bao-cao/{id}":                  {Path: "/ky-bao-cao/{filed}"},
	"GET /ky-bao-cao/{id}/soan":             {Path: "/ky-bao-cao/{opened}/soan"},
	"POST /ky-bao-cao/{id}/soan":            {Path: "/ky-bao-cao/{opened}/soan"},
	"GET /ky-bao-cao/{id}/chen":             {Path: "/ky-bao-cao/{opened}/chen?tim=don+thu"},
	"GET /ky-bao-cao/{id}/so-sanh":          {Path: "/ky-bao-cao/{filed}/so-sanh"},
	"GET /ky-bao-cao/{id}/tep":              {Path: "/ky-bao-cao/{filed}/tep?dang=json", Also: access.ReadLetters},
	"POST /ky-bao-cao/{id}/pdf":             {Path: "/ky-bao-cao/{filed}/pdf"},
	"GET /niem-phong":                       {Path: "/niem-phong"},
	"POST /niem-phong":                      {Path: "/niem-phong"},
	"GET /niem-phong/{hash}":                {Path: "/niem-phong/0000000000000000000000000000000000000000000000000000000000000000"},
	"GET /ky-bao-cao/{id}/nop":              {Path: "/ky-bao-cao/{opened}/nop"},
	"POST /ky-bao-cao/{id}/nop":             {Path: "/ky-bao-cao/{opened}/nop"},
	"GET /ky-bao-cao/{id}/khong-phat-sinh":  {Path: "/ky-bao-cao/{opened}/khong-phat-sinh"},
	"POST /ky-bao-cao/{id}/khong-phat-sinh": {Path: "/ky-bao-cao/{opened}/khong-phat-sinh"},
	"GET /ky-bao-cao/{id}/cong-khai":        {Path: "/ky-bao-cao/{filed}/cong-khai"},
	"POST /ky-bao-cao/{id}/cong-khai":       {Path: "/ky-bao-cao/{filed}/cong-khai"},
	"GET /ky-bao-cao/{id}/cong-khai/xem":    {Path: "/ky-bao-cao/{filed}/cong-khai/xem"},
	"GET /ky-bao-cao/{id}/ban-hanh":         {Path: "/ky-bao-cao/{filed}/ban-hanh"},
	"POST /ky-bao-cao/{id}/ban-hanh":        {Path: "/ky-bao-cao/{filed}/ban-hanh"},
	"GET /ky-bao-cao/{id}/rut-lai":          {Path: "/ky-bao-cao/{filed}/rut-lai"},
	"POST /ky-bao-cao/{id}/rut-lai":         {Path: "/ky-bao-cao/{filed}/rut-lai"},
	"GET /ky-bao-cao/{id}/sua-doi":          {Path: "/ky-bao-cao/{filed}/sua-doi"},
	"POST /ky-bao-cao/{id}/sua-doi":         {Path: "/ky-bao-cao/{filed}/sua-doi"},
	"GET /ky-bao-cao/{id}/bo":               {Path: "/ky-bao-cao/{opened}/bo"},
	"POST /ky-bao-cao/{id}/bo":              {Path: "/ky-bao-cao/{opened}/bo"},
	"GET /ky-bao-cao/{id}/thu-hoi":          {Path: "/ky-bao-cao/{filed}/thu-hoi"},
	"POST /ky-bao-cao/{id}/thu-hoi":         {Path: "/ky-bao-cao/{filed}/thu-hoi"},
	// units, catalogue, log
	"GET /don-vi":       {Path: "/don-vi"},
	"GET /don-vi/{ref}": {Path: "/don-vi/02143"},
	"GET /don-vi.csv":   {Path: "/don-vi.csv?goc=02143"},
	"GET /don-vi.xlsx":  {Path: "/don-vi.xlsx?goc=02143"},
	// changes of units: a change of the country's only province today, a draft that renames the commune
	"GET /don-vi/thay-doi/{id}":                {Path: "/don-vi/thay-doi/{change}"},
	"GET /don-vi/thay-doi/{id}/hoan-tac":       {Path: "/don-vi/thay-doi/{change}/hoan-tac", Unit: "19"},
	"POST /don-vi/thay-doi/{id}/hoan-tac":      {Path: "/don-vi/thay-doi/{change}/hoan-tac", Unit: "19"},
	"GET /don-vi/sap-xep":                      {Path: "/don-vi/sap-xep"},
	"POST /don-vi/sap-xep":                     {Path: "/don-vi/sap-xep"},
	"POST /don-vi/sap-xep/tep":                 {Path: "/don-vi/sap-xep/tep"},
	"GET /don-vi/sap-xep/{draft}":              {Path: "/don-vi/sap-xep/{draft}"},
	"POST /don-vi/sap-xep/{draft}":             {Path: "/don-vi/sap-xep/{draft}"},
	"POST /don-vi/sap-xep/{draft}/bo":          {Path: "/don-vi/sap-xep/{draft}/bo"},
	"GET /don-vi/sap-xep/{draft}/viec/{n}":     {Path: "/don-vi/sap-xep/{draft}/viec/1"},
	"POST /don-vi/sap-xep/{draft}/viec/{n}":    {Path: "/don-vi/sap-xep/{draft}/viec/1", Form: url.Values{"loai": {"rename"}}},
	"POST /don-vi/sap-xep/{draft}/viec/{n}/bo": {Path: "/don-vi/sap-xep/{draft}/viec/1/bo"},
	"GET /don-vi/sap-xep/{draft}/xem-truoc":    {Path: "/don-vi/sap-xep/{draft}/xem-truoc"},
	"POST /don-vi/sap-xep/{draft}/thuc-hien":   {Path: "/don-vi/sap-xep/{draft}/thuc-hien"},
	"GET /don-vi/sap-xep/{draft}/hoan-tac":     {Path: "/don-vi/sap-xep/{draft}/hoan-tac"},
	"POST /don-vi/sap-xep/{draft}/hoan-tac":    {Path: "/don-vi/sap-xep/{draft}/hoan-tac"},
	// letters: the register, taking in, receipt, content, sender, papers
	"GET /don-thu":                              {Path: "/don-thu"},
	"GET /don-thu/moi":                          {Path: "/don-thu/moi?loai=complaint"},
	"POST /don-thu/moi":                         {Path: "/don-thu/moi", Form: url.Values{"loai": {"complaint"}}},
	"GET /don-thu/{id}/bien-nhan":               {Path: "/don-thu/{letter}/bien-nhan"},
	"POST /don-thu/{id}/bien-nhan":              {Path: "/don-thu/{letter}/bien-nhan"},
	"GET /don-thu/{id}/noi-dung":                {Path: "/don-thu/{letter}/noi-dung"},
	"POST /don-thu/{id}/noi-dung":               {Path: "/don-thu/{letter}/noi-dung"},
	"GET /don-thu/{id}/nguoi-gui":               {Path: "/don-thu/{letter}/nguoi-gui"},
	"POST /don-thu/{id}/nguoi-gui":              {Path: "/don-thu/{letter}/nguoi-gui"},
	"POST /don-thu/{id}/nguoi-gui/sua":          {Path: "/don-thu/{letter}/nguoi-gui/sua", Also: access.RecordLetters},
	"GET /don-thu/{id}/giay-to":                 {Path: "/don-thu/{letter}/giay-to"},
	"POST /don-thu/{id}/giay-to":                {Path: "/don-thu/{letter}/giay-to"},
	"POST /don-thu/{id}/giay-to/xac-minh":       {Path: "/don-thu/{letter}/giay-to/xac-minh"},
	"GET /don-thu/{id}/giay-to/{paper}":         {Path: "/don-thu/{letter}/giay-to/1"},
	"POST /don-thu/{id}/giay-to/{paper}":        {Path: "/don-thu/{letter}/giay-to/1"},
	"GET /don-thu/{id}/giay-to/{paper}/anh":     {Path: "/don-thu/{letter}/giay-to/1/anh"},
	"POST /don-thu/{id}/giay-to/{paper}/dua-ra": {Path: "/don-thu/{letter}/giay-to/1/dua-ra"},
	"GET /danh-muc":                             {Path: "/danh-muc"},
	"GET /danh-muc.csv":                         {Path: "/danh-muc.csv?tim=don+thu"},
	"GET /danh-muc/thay-doi":                    {Path: "/danh-muc/thay-doi"},
	"GET /danh-muc/nhiem-vu":                    {Path: "/danh-muc/nhiem-vu"},
	"GET /danh-muc/thu-tuc":                     {Path: "/danh-muc/thu-tuc"},
	"GET /danh-muc/lich":                        {Path: "/danh-muc/lich"},
	"GET /danh-muc/chi-tieu/{code}":             {Path: "/danh-muc/chi-tieu/petition.received"},
	"GET /danh-muc/{kind}":                      {Path: "/danh-muc/petition_letter"},
	"GET /so-niem-phong":                        {Path: "/so-niem-phong"},
	// accounts and grants
	"GET /quan-tri/tai-khoan":                {Path: "/quan-tri/tai-khoan"},
	"GET /quan-tri/tai-khoan.csv":            {Path: "/quan-tri/tai-khoan.csv"},
	"POST /quan-tri/mat-khau.csv":            {Path: "/quan-tri/mat-khau.csv"},
	"GET /quan-tri/tai-khoan/moi":            {Path: "/quan-tri/tai-khoan/moi"},
	"POST /quan-tri/tai-khoan/moi":           {Path: "/quan-tri/tai-khoan/moi"},
	"GET /quan-tri/nhap":                     {Path: "/quan-tri/nhap"},
	"POST /quan-tri/nhap":                    {Path: "/quan-tri/nhap"},
	"POST /quan-tri/nhap/luu":                {Path: "/quan-tri/nhap/luu"},
	"GET /quan-tri/nhap/mau.csv":             {Path: "/quan-tri/nhap/mau.csv"},
	"GET /quan-tri/nhap/mau.xlsx":            {Path: "/quan-tri/nhap/mau.xlsx"},
	"GET /quan-tri/tai-khoan/{id}":           {Path: "/quan-tri/tai-khoan/{account}"},
	"POST /quan-tri/tai-khoan/{id}":          {Path: "/quan-tri/tai-khoan/{account}"},
	"POST /quan-tri/tai-khoan/{id}/mat-khau": {Path: "/quan-tri/tai-khoan/0/mat-khau"},
	"POST /quan-tri/tai-khoan/{id}/viec":     {Path: "/quan-tri/tai-khoan/{account}/viec"},
	"POST /quan-tri/tai-khoan/{id}/quyen":    {Path: "/quan-tri/tai-khoan/{account}/quyen"},
	"POST /quan-tri/quyen/{id}/ket-thuc":     {Path: "/quan-tri/quyen/0/ket-thuc"},
	"GET /quan-tri/vai-tro":                  {Path: "/quan-tri/vai-tro"},
	"GET /uy-quyen":                          {Path: "/uy-quyen"},
	"POST /uy-quyen":                         {Path: "/uy-quyen"},
	"POST /uy-quyen/{id}/thu-hoi":            {Path: "/uy-quyen/0/thu-hoi"},
	"GET /bat-dau":                           {Path: "/bat-dau"},
	"POST /bat-dau/ma":                       {Path: "/bat-dau/ma"},
	"POST /bat-dau/quan-tri":                 {Path: "/bat-dau/quan-tri"},
	"POST /bat-dau/don-vi":                   {Path: "/bat-dau/don-vi"},
	"POST /bat-dau/xong":                     {Path: "/bat-dau/xong"},
	"GET /uy-quyen/nguoi":                    {Path: "/uy-quyen/nguoi?q=thu"},
	// signing in, the own account
	"GET /dang-nhap":               {Path: "/dang-nhap"},
	"POST /dang-nhap":              {Path: "/dang-nhap"},
	"GET /dang-nhap/ma":            {Path: "/dang-nhap/ma"},
	"POST /dang-nhap/ma":           {Path: "/dang-nhap/ma"},
	"GET /dang-nhap/khoi-phuc":     {Path: "/dang-nhap/khoi-phuc"},
	"POST /dang-nhap/khoi-phuc":    {Path: "/dang-nhap/khoi-phuc"},
	"GET /dang-nhap/mat-khau":      {Path: "/dang-nhap/mat-khau"},
	"POST /dang-nhap/mat-khau":     {Path: "/dang-nhap/mat-khau"},
	"GET /dang-nhap/thiet-lap":     {Path: "/dang-nhap/thiet-lap"},
	"POST /dang-nhap/thiet-lap":    {Path: "/dang-nhap/thiet-lap"},
	"POST /dang-nhap/tiep":         {Path: "/dang-nhap/tiep"},
	"GET /dang-nhap/cong":          {Path: "/dang-nhap/cong"},
	"GET /dang-nhap/cong/ve":       {Path: "/dang-nhap/cong/ve"},
	"GET /dang-xuat":               {Path: "/dang-xuat"},
	"POST /dang-xuat":              {Path: "/dang-xuat"},
	"GET /tai-khoan":               {Path: "/tai-khoan"},
	"POST /tai-khoan/mat-khau":     {Path: "/tai-khoan/mat-khau"},
	"POST /tai-khoan/giao-dien":    {Path: "/tai-khoan/giao-dien", Form: url.Values{"giao-dien": {"xanh"}}},
	"GET /tai-khoan/hai-lop":       {Path: "/tai-khoan/hai-lop"},
	"POST /tai-khoan/hai-lop":      {Path: "/tai-khoan/hai-lop"},
	"POST /tai-khoan/hai-lop/tat":  {Path: "/tai-khoan/hai-lop/tat"},
	"POST /tai-khoan/ma-khoi-phuc": {Path: "/tai-khoan/ma-khoi-phuc"},
	"POST /tai-khoan/phien":        {Path: "/tai-khoan/phien"},
	"GET /tai-khoan/noi":           {Path: "/tai-khoan/noi"},
	"POST /tai-khoan/noi/go":       {Path: "/tai-khoan/noi/go"},
}

// things are what a path may name in braces, by how the demo finds it.
var things = map[string]func(t testing.TB, o *office) string{
	"change":       mergeOfTheProvince,
	"nil":          nilOfTheBody,
	"filed":        filedReport,
	"opened":       openedReport,
	"draft":        draftOfTheCommune,
	"entry":        func(t testing.TB, o *office) string { return entryOf(t, o, "petition_letter", false) },
	"work":         func(t testing.TB, o *office) string { return entryOf(t, o, "petition_letter", true) },
	"waits":        waitingEntryOf,
	"denunciation": theDenunciation,
	"sending":      theSending,
	"article":      theArticle,
	"said":         theFeedback,
	"sealed":       theSealedSending,
	"twin":         func(t testing.TB, o *office) string { return lettersOfTheBody(t, o)[0] },
	"matter":       matterOfTheBody,
	"request":      theRequest,
	"survey":       inspectionOfTheBody,
	"course":       courseOfTheBody,
	"road":         roadOfTheBody,
	"model":        modelOfTheBody,
	"contest":      contestOfTheBody,
	"round":        roundOf(1),
	"closed":       roundOf(0),
	"gift":         giftOfTheBody,

	"session": func(t testing.TB, o *office) string {
		return recordedBy(t, o, reception.SessionKind, reception.Opening(reception.Setting{Type: "periodic", Host: "chair"}))
	},
	"visit": visitOfTheBody,

	"talk": func(t testing.TB, o *office) string {
		return recordedBy(t, o, dialogue.SessionKind, dialogue.Opening(dialogue.SessionKind, dialogue.Setting{Topic: "Đối thoại của ma trận", Sort: "people", Host: "chair"}, 0))
	},
	"plan": func(t testing.TB, o *office) string {
		return recordedBy(t, o, dialogue.PlanKind, map[string]any{"topic": "Đối thoại của ma trận", "sort": "people", "host": "chair", "planned_on": "2026-12-10"})
	},
	"promise": func(t testing.TB, o *office) string {
		return recordedBy(t, o, dialogue.PromiseKind, map[string]any{"subject": "Lời hứa của ma trận", "source": "dialogue", "due_on": "2026-12-10"})
	},

	"publication": func(t testing.TB, o *office) string {
		return recordedBy(t, o, "publication", map[string]any{"title": "Công khai của ma trận", "item": "budget", "forms": []any{"notice_board"}})
	},
	"decision": func(t testing.TB, o *office) string {
		return recordedBy(t, o, "community_decision", map[string]any{"title": "Nội dung của ma trận", "subject_type": "contribution", "method": "meeting", "households": 90, "present": 80, "approved": 70})
	},
	"board": func(t testing.TB, o *office) string {
		return recordedBy(t, o, "supervision_board", map[string]any{"title": "Ban của ma trận", "type": "investment", "members": 7})
	},

	"letter": letterOfTheBody,
	"complaint": func(t testing.TB, o *office) string {
		return recordedBy(t, o, "petition_letter", map[string]any{"class": "complaint", "field": "land", "received_on": "2026-11-16"})
	},
	"task": func(t testing.TB, o *office) string {
		return recordedBy(t, o, "task", map[string]any{"title": "Lập danh sách hộ", "assigned_by": theBody, "due_on": "2026-12-10"})
	},
	"document": func(t testing.TB, o *office) string {
		return recordedBy(t, o, "directive_document", map[string]any{"title": "Văn bản của ma trận", "type": "plan", "theme": "mobilisation"})
	},
	"programme": func(t testing.TB, o *office) string {
		return recordedBy(t, o, "coordination_programme", map[string]any{"title": "Chương trình của ma trận", "partners": "other"})
	},
	"holder": assignmentOfTheBody,
	"praise": movementOfTheBody,
	"account": func(t testing.TB, o *office) string {
		return fmt.Sprint(accountOf(t, o, "ma.tran").ID) // without grants: every administrator runs it
	},
}

// entryOf is the newest entry of theBody of a kind, or of any but the kind.
func entryOf(t testing.TB, o *office, kind string, but bool) string {
	t.Helper()
	op := "="
	if but {
		op = "<>"
	}
	var id int64
	err := o.app.DB.Read().QueryRowContext(t.Context(), `SELECT max(id) FROM entry WHERE unit = $1 AND kind <> 'reception_visit' AND kind `+op+` $2`,
		int64(unitOf(t, o, theBody)), kind).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(id)
}

// nilOfTheBody is a nil return of theBody, stated for the asking.
func nilOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	ctx := t.Context()
	unit := unitOf(t, o, theBody)
	book := &duty.Book{Catalog: o.app.Catalog, Tree: o.app.Org.Tree}
	var n *duty.NilReturn
	var refused error
	for month := 9; month > 0 && n == nil; month-- { // in some months the demo has entries
		first := civil.NewDate(2026, month, 1)
		key := duty.Key{Duty: "feedback.monthly", Unit: unit, From: first, To: first.AddMonths(1).AddDays(-1)}
		all, err := duty.Nils(ctx, o.app.DB.Read(), key)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) > 0 {
			return fmt.Sprint(all[0].ID)
		}
		refused = o.app.DB.Write(ctx, func(tx *db.Tx) (err error) {
			n, err = book.StateNil(ctx, tx, "thu", key, today, "Trong tháng không có phản hồi nào")
			return err
		})
	}
	if n == nil {
		t.Fatal(refused)
	}
	return fmt.Sprint(n.ID)
}
