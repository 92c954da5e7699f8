// The grid of the units below: one box ticks all, and the line above counts what is ticked.
'use strict';
(() => {
  const form = document.getElementById('bang');
  const head = form && form.querySelector('[data-all]');
  if (!head) return;
  const boxes = [...form.querySelectorAll('input[name=chon]')];
  const says = form.querySelector('[data-chosen]');
  const all = document.createElement('input');
  all.type = 'checkbox';
  all.setAttribute('aria-label', 'Chọn mọi báo cáo chờ nhận');
  head.textContent = '';
  head.append(all);
  const tell = () => {
    const n = boxes.filter((b) => b.checked).length;
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
    if (says) says.textContent = n + ' trong ' + boxes.length + ' báo cáo chờ nhận được chọn';
  };
  all.addEventListener('change', () => { boxes.forEach((b) => { b.checked = all.checked; }); tell(); });
  boxes.forEach((b) => b.addEventListener('change', tell));
  tell();
})();
