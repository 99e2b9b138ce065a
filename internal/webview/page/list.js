// List shows those rows of a long list that can be seen, and no others. A browser
// has no elements of more than some ten million pixels: beyond, the scroll bar
// stands for the whole, and the wheel and the keys still move row by row.

const mostPixels = 8e6;

export class List {
  // o: rowHeight, make() → element, show(element, index), selected(index), moved()
  constructor(box, o) {
    this.box = box;
    this.o = o;
    this.first = 0; // the index of the first row there is
    this.end = 0; // the index behind the last
    this.top = 0; // the index at the top, with a fraction
    this.at = -1; // the index that is selected
    this.pool = [];
    this.view = document.createElement('div');
    this.view.className = 'view';
    this.space = document.createElement('div');
    this.space.className = 'space';
    box.append(this.view, this.space);
    box.addEventListener('scroll', () => this.scrolled());
    box.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
    this.view.addEventListener('click', (e) => this.clicked(e));
    new ResizeObserver(() => this.layout()).observe(box);
  }

  get fits() { return this.box.clientHeight / this.o.rowHeight; }
  get last() { return Math.max(this.first, this.end - this.fits); } // the highest top
  get atEnd() { return this.top >= this.last - 0.5; }

  // bounds says which rows there are.
  bounds(first, end) {
    if (first === this.first && end === this.end) return;
    this.first = first;
    this.end = end;
    this.layout();
  }

  // layout fits everything to its sizes.
  layout() {
    const pixels = Math.min((this.end - this.first) * this.o.rowHeight, mostPixels);
    this.space.style.height = Math.max(0, pixels - this.box.clientHeight) + 'px';
    this.view.style.height = this.box.clientHeight + 'px';
    this.scrollTo(this.top);
  }

  // scrollTo puts a row at the top.
  scrollTo(top) {
    this.top = Math.min(Math.max(top, this.first), this.last);
    const range = this.box.scrollHeight - this.box.clientHeight;
    const span = this.last - this.first;
    this.set = span > 0 ? Math.round((this.top - this.first) / span * range) : 0;
    this.box.scrollTop = this.set;
    this.draw();
  }

  scrolled() {
    if (Math.abs(this.box.scrollTop - this.set) < 1.5) return; // we did it
    const range = this.box.scrollHeight - this.box.clientHeight;
    this.set = this.box.scrollTop;
    this.top = this.first + (range > 0 ? this.box.scrollTop / range : 0) * (this.last - this.first);
    this.o.moved();
    this.draw();
  }

  wheel(e) {
    if (e.ctrlKey || e.deltaY === 0) return;
    e.preventDefault();
    const rows = [1 / this.o.rowHeight, 1, this.fits][e.deltaMode];
    this.scrollTo(this.top + e.deltaY * rows);
    this.o.moved();
  }

  clicked(e) {
    const row = e.target.closest('.row');
    if (row && row.index < this.end) this.select(row.index);
  }

  // select selects a row and brings it into sight.
  select(index) {
    if (this.end <= this.first) return;
    this.at = Math.min(Math.max(index, this.first), this.end - 1);
    this.show(this.at);
    this.o.selected(this.at);
  }

  show(index) {
    const whole = Math.floor(this.fits);
    const far = index < this.top - whole || index > this.top + 2 * whole;
    if (far) this.scrollTo(index - whole / 3); // with what was around it
    else if (index < this.top) this.scrollTo(index);
    else if (index + 1 > this.top + whole) this.scrollTo(index + 1 - whole);
    else this.draw();
  }

  // key moves by a key, and reports whether it is one of those that do.
  key(name) {
    const page = Math.max(1, Math.floor(this.fits) - 1);
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page }[name];
    if (by) this.select(this.at < 0 ? Math.floor(this.top) : this.at + by);
    else if (name === 'Home' || name === 'g') this.select(this.first);
    else if (name === 'End' || name === 'G') this.select(this.end - 1);
    else return false;
    this.o.moved();
    return true;
  }

  // draw draws before the next frame of the screen.
  draw() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.render();
    });
  }

  render() {
    const from = Math.floor(this.top);
    const n = Math.max(0, Math.min(Math.ceil(this.fits) + 1, this.end - from));
    while (this.pool.length < n) {
      const row = this.o.make();
      row.classList.add('row');
      row.setAttribute('role', 'option');
      row.id = this.box.id + '-' + this.pool.length;
      this.pool.push(row);
      this.view.append(row);
    }
    let active = ''; // what a screen reader reads when a key moves on
    this.pool.forEach((row, i) => {
      row.hidden = i >= n;
      if (row.hidden) return;
      row.index = from + i;
      row.style.transform = `translateY(${(from + i - this.top) * this.o.rowHeight}px)`;
      row.setAttribute('aria-posinset', row.index - this.first + 1);
      row.setAttribute('aria-setsize', this.end - this.first);
      const selected = row.index === this.at;
      if (selected) active = row.id;
      row.classList.toggle('selected', selected);
      row.setAttribute('aria-selected', selected);
      this.o.show(row, row.index);
    });
    if (active) this.box.setAttribute('aria-activedescendant', active);
    else this.box.removeAttribute('aria-activedescendant');
  }
}
