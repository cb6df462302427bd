/// The look of the page: one column, system fonts, and colours that hold in light and in dark.
enum PageStyle {
    static let css = """
        :root { color-scheme: light dark; --back: #fcfcfd; --card: #ffffff; --edge: #e1e5ea; --text: #1b2129;
          --faint: #5b6673; --grid: #e7eaee; --first: #2b6cb0; --second: #8db8e2; --whisker: #1b2129;
          --input: #e3a33a; --output: #a08bd3; --on-busy: #ffffff; --on-wait: #1b2129; }
        @media screen and (prefers-color-scheme: dark) { :root { --back: #0f1318; --card: #161c23; --edge: #29323c;
          --text: #e4e8ed; --faint: #9aa6b3; --grid: #29323c; --first: #5aa5ea; --second: #2f6497; --whisker: #f2f4f7;
          --input: #b97f22; --output: #7d66b8; --on-busy: #0f1318; --on-wait: #f2f4f7; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 940px; margin: 0 auto; padding: 32px 20px 64px; }
        h1 { font-size: 26px; margin: 0 0 4px; letter-spacing: -0.01em; }
        h2 { font-size: 16px; margin: 0 0 10px; }
        p { margin: 4px 0; }
        .faint, .note { color: var(--faint); }
        .note { font-size: 13px; margin-top: 8px; }
        section { background: var(--card); border: 1px solid var(--edge); border-radius: 8px; padding: 18px 20px;
          margin-top: 18px; }
        ul { margin: 0; padding-left: 20px; }
        li { margin: 4px 0; }
        pre { margin: 10px 0 0; padding: 12px 14px; background: var(--back); border: 1px solid var(--edge);
          border-radius: 6px; overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; }
        /* Narrower, its letters could not be read: it scrolls then. */
        .plot { overflow-x: auto; }
        svg { display: block; width: 100%; min-width: 620px; height: auto; font: 13px system-ui, sans-serif; }
        svg text { fill: var(--text); }
        svg .label { text-anchor: end; }
        svg .value { font-variant-numeric: tabular-nums; }
        svg .remark, svg .tick { fill: var(--faint); }
        svg .tick { text-anchor: middle; font-size: 11.5px; }
        svg .share { text-anchor: middle; font-size: 12px; }
        svg .busy-text { fill: var(--on-busy); }
        svg .input-text, svg .output-text { fill: var(--on-wait); }
        .grid { stroke: var(--grid); stroke-width: 1; }
        .first, .busy { fill: var(--first); }
        .second { fill: var(--second); }
        .input { fill: var(--input); }
        .output { fill: var(--output); }
        .whisker { stroke: var(--whisker); stroke-width: 1.4; fill: none; }
        .key { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 0 0 8px; font-size: 13px; color: var(--faint); }
        .key span::before { content: ""; display: inline-block; width: 11px; height: 11px; border-radius: 2px;
          margin-right: 6px; background: var(--first); vertical-align: -1px; }
        .key .k-second::before { background: var(--second); }
        .key .k-input::before { background: var(--input); }
        .key .k-output::before { background: var(--output); }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
        th, td { padding: 4px 8px; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
        th { color: var(--faint); font-weight: 500; }
        th:first-child, td:first-child { text-align: left; white-space: normal; padding-left: 0; }
        tr.group td { padding-top: 12px; font-weight: 600; }
        @media print { :root { --back: #ffffff; --edge: #c9d0d8; } main { max-width: none; padding: 0; }
          section { break-inside: avoid; } section:has(table) { break-inside: auto; } tr { break-inside: avoid; }
          pre { white-space: pre-wrap; overflow-wrap: anywhere; } svg { min-width: 0; } }
        summary { cursor: pointer; font-weight: 600; }
        """
}
