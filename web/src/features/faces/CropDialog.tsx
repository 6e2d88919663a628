import { i18n } from '@lingui/core';
import { type ChangeEvent, type DragEvent, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/client/error';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Icon } from '@/components/Icon';
import { useAuth } from '@/state/context';
import { CropPreview, CropStage } from './CropStage';
import { type Crop, tooSmall, wholeOf } from './crop';
import { sendPicture } from './sendPicture';
import './crop.css';

/** What is uploaded is the square itself, of so many pixels a side. */
const SIDE_PX = 512;
const QUALITY = 0.9;

interface Props {
  title: string;
  /** There is one already, which can be taken away. */
  has: boolean;
  onClose: () => void;
  /** The file is uploaded; empty: no picture from now on. Throws ApiError. */
  onUse: (file: string) => Promise<void>;
}

/** Chooses a picture, cuts a square out of it, uploads that and hands it on. */
export function CropDialog({ title, has, onClose, onUse }: Props) {
  const auth = useAuth();
  const [image, setImage] = useState<HTMLImageElement>();
  const [crop, setCrop] = useState<Crop>();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  useEffect(() => () => URL.revokeObjectURL(image?.src ?? ''), [image]);

  const choose = async (file: File): Promise<void> => {
    setWrong('');
    try {
      const next = await opened(file);
      setImage(next);
      setCrop(wholeOf(sizeOf(next)));
    } catch (error) {
      setWrong(
        error instanceof ApiError ? error.message : i18n.t('This picture cannot be opened here. Choose another one.'),
      );
    }
  };
  const act = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setWrong('');
    try {
      await work();
      onClose();
    } catch (error) {
      setWrong(
        error instanceof ApiError && error.message !== '' ? error.message : i18n.t('That did not work. Try again.'),
      );
      setBusy(false);
    }
  };
  const use = async (): Promise<void> => {
    if (image === undefined || crop === undefined) return;
    const blob = await cut(image, crop);
    const file = await sendPicture(auth, blob, blob.type === 'image/webp' ? 'picture.webp' : 'picture.png');
    await onUse(file.id);
  };
  return (
    <Dialog title={title} onClose={onClose} firm={image !== undefined} className="crop">
      {image === undefined || crop === undefined ? (
        <ChooseBox onChosen={(file) => void choose(file)} />
      ) : (
        <div className="crop-work">
          <CropStage image={image} size={sizeOf(image)} crop={crop} onCrop={setCrop} />
          <div className="crop-side">
            <CropPreview image={image} crop={crop} side={64} />
            <CropPreview image={image} crop={crop} side={36} />
            <CropPreview image={image} crop={crop} side={28} />
          </div>
        </div>
      )}
      {wrong !== '' && (
        <p className="field-error" role="alert">
          {wrong}
        </p>
      )}
      <div className="sheet-acts crop-acts">
        {has && image === undefined && (
          <Button type="button" className="btn btn-quiet" off={busy} onClick={() => void act(() => onUse(''))}>
            <Icon name="trash" size={17} /> {i18n.t('Remove picture')}
          </Button>
        )}
        {image !== undefined && (
          <>
            <ChooseButton onChosen={(file) => void choose(file)} disabled={busy}>
              {i18n.t('Another picture')}
            </ChooseButton>
            <Button type="button" className="btn btn-primary" off={busy} onClick={() => void act(use)}>
              {busy ? i18n.t('Saving…') : i18n.t('Use picture')}
            </Button>
          </>
        )}
      </div>
    </Dialog>
  );
}

/* ---- choosing ---- */

interface ChooseProps {
  onChosen: (file: File) => void;
}

function ChooseBox({ onChosen }: ChooseProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) onChosen(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way; the button within is for everybody.
    <div
      className={`crop-choose${over ? ' is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="files" size={26} />
      <ChooseButton onChosen={onChosen} primary>
        {i18n.t('Choose a picture')}
      </ChooseButton>
      <p className="form-text">{i18n.t('or drop one here. Next you choose which part is shown.')}</p>
    </div>
  );
}

function ChooseButton(props: ChooseProps & { children: string; primary?: boolean; disabled?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const chosen = (event: ChangeEvent<HTMLInputElement>): void => {
    const file = event.target.files?.[0];
    event.target.value = '';
    if (file !== undefined) props.onChosen(file);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/*"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={props.children}
        onChange={chosen}
      />
      <Button
        type="button"
        className={`btn ${props.primary === true ? 'btn-primary' : 'btn-quiet'}`}
        off={props.disabled === true}
        onClick={() => input.current?.click()}
        data-autofocus={props.primary}
      >
        {props.children}
      </Button>
    </>
  );
}

/* ---- pictures ---- */

function sizeOf(image: HTMLImageElement): { width: number; height: number } {
  return { width: image.naturalWidth, height: image.naturalHeight };
}

async function opened(file: File): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
  } catch {
    URL.revokeObjectURL(image.src);
    throw new ApiError(
      'bad_request',
      i18n.t('This is not a picture that can be shown here. Choose a PNG, JPEG, WebP or GIF.'),
    );
  }
  if (tooSmall(sizeOf(image))) {
    URL.revokeObjectURL(image.src);
    throw new ApiError('bad_request', i18n.t('This picture is too small. It needs at least 32 pixels a side.'));
  }
  return image;
}

/** The square as a file: WebP, or PNG where the browser writes none. */
function cut(image: HTMLImageElement, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const side = Math.min(SIDE_PX, Math.ceil(crop.side));
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (context === null) throw new ApiError('internal', i18n.t('This browser cannot cut pictures.'));
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, crop.x, crop.y, crop.side, crop.side, 0, 0, side, side);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) =>
        blob === null ? reject(new ApiError('internal', i18n.t('This picture cannot be cut here.'))) : resolve(blob),
      'image/webp',
      QUALITY,
    );
  });
}
