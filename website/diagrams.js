// A block of Mermaid is shown as the diagram that it describes; without scripts it stays the text that it is.
document.addEventListener("DOMContentLoaded", async () => {
  const blocks = document.querySelectorAll("div.highlight-mermaid");
  const diagrams = Array.from(blocks, (block) => {
    const diagram = document.createElement("pre");
    diagram.className = "mermaid";
    diagram.textContent = block.querySelector("pre").textContent;
    block.replaceWith(diagram);
    return diagram;
  });
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });
  await mermaid.run({ nodes: diagrams });
});
